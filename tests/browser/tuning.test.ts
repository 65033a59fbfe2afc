import { afterAll, expect, test } from "vitest";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow, type ViewerWindow } from "./window.ts";

afterAll(closeBrowser);

const FILES = 5;

const numbersOf = ({ page }: ViewerWindow) =>
  page
    .getByTestId("scan-numbers")
    .locator("tbody")
    .innerText()
    .then((text) => text.replace(/\s+/g, " "));

test("other parameters are tried on the scan in view, then count for all files and everybody", async () => {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const { session } = await viewer.ask("start_analysis_session", {
    user_id,
    filters: { pattern: "swv_{n}.txt" },
    analysisParams: { sg_points: 9 },
  });
  const { session_id } = session;
  for (let n = 1; n <= FILES; n++) await agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));

  const [one, other] = [await openWindow(), await openWindow()];
  for (const { page, shows } of [one, other]) {
    await page.goto(`${hub.url}/#${user_id}`);
    await shows(FILES);
  }
  const { page } = one;
  const before = await numbersOf(one);

  await page.getByTestId("tune").click();
  await page.locator("#tune-sg_points").fill("30");
  expect(await page.locator("#tune-sg_points-note").innerText()).toContain("odd number");
  expect(await page.getByTestId("tune-apply").isDisabled()).toBe(true);

  await page.locator("#tune-sg_points").fill("31");
  await page.getByText("a trial, not applied yet").waitFor();
  const tried = await numbersOf(one);
  expect(tried).not.toBe(before);
  expect(await numbersOf(other)).toBe(before);

  await page.getByTestId("tune-apply").click();
  await other.page.getByTestId("parameters").getByText("31\u202fpoints").waitFor();
  await expect.poll(() => numbersOf(other), { timeout: 30_000 }).toBe(tried);
  await expect.poll(() => numbersOf(one), { timeout: 30_000 }).toBe(tried);

  await agent.send(session_id, `swv_${FILES + 1}.txt`, simulatedFile(FILES + 1));
  for (const { shows } of [one, other]) await shows(FILES + 1);
  const { sessions } = await viewer.ask("join", { user_id });
  expect(sessions).toMatchObject([
    { version: 2, head: FILES + 1, params: { sg_points: 31 }, epoch: session.epoch },
  ]);
});
