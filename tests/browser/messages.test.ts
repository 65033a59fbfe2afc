import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, test } from "vitest";
import { startAgentProcess } from "../support/agent-process.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { closeBrowser, openWindow } from "./window.ts";

/* What a person reads when something is wrong: what is true, then what to do. */

afterAll(closeBrowser);

/** Types an ID, presses Watch, and waits until the page says something that fits. */
async function enter(page: Page, text: string, says: RegExp): Promise<void> {
  await page.getByTestId("user-id").fill("");
  await page.getByTestId("user-id").pressSequentially(text);
  await page.getByTestId("join").click();
  await reads(page, says);
}

async function reads(page: Page, says: RegExp): Promise<void> {
  await page.getByText(says).first().waitFor({ timeout: 15_000 });
}

test("the connect page says what is wrong with an ID, the typing errors without asking the hub", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  const { page } = await openWindow();
  await page.goto(hub.url);
  await enter(page, "", /^Enter the User ID that the agent shows on its screen\.$/);
  await enter(
    page,
    "7k2m-9x",
    /^A User ID has 16 characters; this has 6 characters\. Compare it with the agent's screen\.$/,
  );
  await enter(page, "7k2m-9xqd-t4hw-b8u7", /^A User ID has no “u”\. Compare it with the agent's screen\.$/);
  const last = agent.userId.endsWith("a") ? "b" : "a";
  await enter(
    page,
    agent.userId.slice(0, -1) + last,
    /^That ID has a typing error\. Compare it with the agent's screen\.$/,
  );
  await enter(
    page,
    "0000-0000-0000-0000",
    /^No active agent session found for this User ID\. Check the ID on the agent's screen/,
  );
});

test("from an empty folder to a lost hub: every state is named, and says what happens next", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/#${agent.userId}`);
  await reads(page, /The folder has no measurement files yet/);
  await reads(page, /They appear here as soon as the instrument writes them/);

  await writeFile(join(agent.folder, "notes.txt"), "buy buffer\n");
  await reads(page, /No file here can be analysed by this version/);
  await reads(page, /1 file: No known instrument format begins like this: "buy buffer"/);
  await reads(page, /^notes\.txt$/);

  await writeFile(join(agent.folder, "swv_1.txt"), simulatedFile(1));
  await page.getByTestId("start").click({ timeout: 15_000 });
  await shows(1);
  await writeFile(join(agent.folder, "swv_2.txt"), "not a scan\n");
  await shows(2);
  await page.getByTestId("file-notes").getByText("1 file without a result").click();
  await reads(page, /swv_2\.txt/);

  await agent.kill9();
  await reads(page, /^Agent offline since \d\d:\d\d\. Showing 2 scans up to \d\d:\d\d:\d\d\.$/);

  // Somebody who comes now sees the same, with everything that was measured.
  const later = await openWindow();
  await later.page.goto(`${hub.url}/#${agent.userId}`);
  await later.shows(2);
  await reads(later.page, /^Agent offline since/);

  await hub.kill9();
  await reads(page, /Connection lost .*ago/);
  await page.getByRole("button", { name: /Retry now/ }).waitFor();
  await hub.start();
  await page.locator('[data-testid="state-line"][data-state="offline"]').waitFor({ timeout: 20_000 });
});

test("a start over files that a running session has is refused with both ways out: watch it, or stop it", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  await writeFile(join(agent.folder, "swv_1.txt"), simulatedFile(1));
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/#${agent.userId}`);
  await page.getByTestId("start").click();
  await shows(1);
  await writeFile(join(agent.folder, "other_1.txt"), simulatedFile(2));
  await page.getByRole("button", { name: "New session" }).click();
  await page.getByRole("button", { name: "Adjust" }).click();
  await page
    .getByLabel(/Files|name pattern/i)
    .first()
    .fill("{*}_{n}.txt");
  await page.getByTestId("start").click();
  await reads(page, /The running session “.*” already analyses these files\. Watch it, or stop it first\./);
  await page.getByRole("button", { name: "Stop it and start this one" }).waitFor();
  await page.getByRole("button", { name: "Watch it" }).click();
  await shows(1);
});
