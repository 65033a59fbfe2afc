import { afterAll, expect, test } from "vitest";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const ADMIN_TOKEN = "an-operators-token-of-some-length";

test("an operator opens the page, finds an ID, and sends an agent away, from the keyboard alone", async () => {
  const hub = await startHub({ env: { ADMIN_TOKEN, LOG_LEVEL: "silent" } });
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  await viewer.ask("join", { user_id: agent.userId });
  const { page } = await openWindow();
  await page.goto(`${hub.url}/admin`);
  await page.getByTestId("token").fill(ADMIN_TOKEN);
  await page.keyboard.press("Enter");
  await page.getByTestId("agents").getByText("Bench A").waitFor();
  expect(await page.getByTestId("glance").innerText()).toMatch(/Agents\s+1\s+Viewers\s+1/);
  // Kept for this tab alone, and in no address.
  expect(page.url()).toBe(`${hub.url}/admin`);
  expect(await page.evaluate("Object.values(localStorage).join()")).not.toContain(ADMIN_TOKEN);
  await page.reload();
  await page.getByTestId("agents").waitFor();

  await page.getByTestId("lookup").fill(agent.userId);
  await page.keyboard.press("Enter");
  await page
    .getByTestId("found")
    .getByText(userTag(agent.userId as UserId))
    .waitFor();
  expect(await page.getByTestId("found").innerText()).toContain("is Bench A, connected to this hub");
  expect(await page.content()).not.toContain(agent.userId);

  const disconnect = page.getByTestId("agents").getByRole("button", { name: "Disconnect" });
  await disconnect.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Disconnect Bench A?").waitFor();
  await page.getByRole("button", { name: "Yes" }).press("Enter");
  expect(await agent.bye()).toMatchObject({ code: "ended_by_operator" });
  await page.getByText("No agent is connected to this hub.").waitFor();

  // On a phone nothing but a table's own box moves sideways; in the dark the page is dark.
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  await page.emulateMedia({ colorScheme: "dark" });
  const colour = () => page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
  await expect.poll(colour).toBe("rgb(21, 23, 26)");
});

test("the viewer's page loads nothing of the operator's", async () => {
  const hub = await startHub({ env: { ADMIN_TOKEN, LOG_LEVEL: "silent" } });
  const loaded: string[] = [];
  const viewer = await openWindow();
  viewer.page.on("request", (request) => void loaded.push(request.url()));
  await viewer.page.goto(`${hub.url}/`);
  await viewer.page.getByTestId("user-id").waitFor();
  expect(loaded.filter((url) => url.includes("admin"))).toEqual([]);
});
