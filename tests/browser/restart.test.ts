import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readUserId } from "../../shared/protocol/user-id.ts";
import { startAgentProcess } from "../support/agent-process.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

test("a hub is restarted: page and agent come back by themselves when they were told to, and nothing is missing", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  const write = (n: number) => writeFile(join(agent.folder, `swv_${n}.txt`), simulatedFile(n));
  await write(1);
  const reading = readUserId(agent.userId);
  if (!reading.ok) throw new Error(reading.message);
  const { user_id } = reading;
  const viewer = await startRawViewer(hub.url);
  await viewer.ask("join", { user_id });
  await viewer.ask("start_analysis_session", {
    user_id,
    filters: { pattern: "swv_{n}.txt" },
    analysisParams: {},
  });
  const { page, shows, state } = await openWindow();
  await page.goto(`${hub.url}/#${user_id}`);
  await shows(1);
  await page.evaluate("window.neverReloaded = true");

  expect(await hub.terminate()).toBe(0);
  await write(2);
  await page
    .getByText(/Reconnecting|No connection|Trying again|lost/i)
    .first()
    .waitFor();
  await hub.start();
  await shows(2);
  await write(3);
  await shows(3);
  expect(await state()).toMatch(/Bench A/);
  expect(await page.evaluate("window.neverReloaded")).toBe(true);
  expect(agent.died()).toBeNull();
});
