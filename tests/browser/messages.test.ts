import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
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

test("an ID that no agent has goes out of the address as soon as other text is tried", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  const { page } = await openWindow();
  await page.goto(`${hub.url}/#0000-0000-0000-0000`);
  await reads(page, /^No active agent session found for this User ID\./);
  await page.getByTestId("user-id").fill("7k2m");
  await expect.poll(() => new URL(page.url()).hash).toBe("");
  // The whole line of the agent's screen, as it is copied there.
  await page.getByTestId("user-id").fill(`   User ID   ${agent.userId}      copied to the clipboard`);
  expect(await page.getByTestId("user-id").inputValue()).toBe(agent.userId);
  await page.getByTestId("join").click();
  await reads(page, /The folder has no measurement files yet/);
  expect(new URL(page.url()).hash).toBe(`#${agent.userId}`);
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
  // The dialog gives the focus back, whether a click or a key has opened it.
  const isFocused = () => page.getByTestId("export").evaluate((button) => button.matches(":focus"));
  for (const open of [() => page.getByTestId("export").click(), () => page.keyboard.press("e")]) {
    await page.evaluate("document.activeElement.blur()");
    await open();
    await page.getByTestId("export-start").waitFor();
    await page.keyboard.press("Escape");
    await page.getByTestId("export-start").waitFor({ state: "detached" });
    expect(await isFocused()).toBe(true);
  }
  await page.getByTestId("file-notes").getByText("1 file without a result").click();
  await reads(page, /swv_2\.txt/);

  await agent.kill9();
  await reads(
    page,
    /^Agent offline since \d\d:\d\d\. Showing 2 scans up to \d\d:\d\d:\d\d\. Start it on the instrument PC; this page goes on by itself\.$/,
  );

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

test("a folder that is moved away is not called empty or live, and comes back by itself", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  const away = `${agent.folder}-moved`;
  onTestFinished(() => rm(away, { recursive: true, force: true }));
  const { page, shows, received } = await openWindow();
  await page.goto(`${hub.url}/#${agent.userId}`);
  await reads(page, /The folder has no measurement files yet/);

  await rename(agent.folder, away);
  await reads(page, /^The agent's folder is not there\.$/);
  await reads(
    page,
    /Check on the instrument PC that it was not moved or renamed, and that its drive is connected/,
  );
  await writeFile(join(away, "swv_1.txt"), simulatedFile(1));
  await rename(away, agent.folder);
  await page.getByTestId("start").click({ timeout: 15_000 });
  await shows(1);

  await rename(agent.folder, away);
  await page.locator('[data-testid="state-line"][data-state="no-folder"]').waitFor({ timeout: 15_000 });
  await reads(page, /^The agent's folder is not there\. Check on the instrument PC/);
  await writeFile(join(away, "swv_2.txt"), simulatedFile(2));
  await rename(away, agent.folder);
  await shows(2);
  await page.locator('[data-testid="state-line"][data-state="live"]').waitFor({ timeout: 15_000 });
  expect(received().includes(dirname(agent.folder))).toBe(false);
});

test("an agent that returns is not called offline for a moment longer, and its files are shown", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench A");
  await writeFile(join(agent.folder, "swv_1.txt"), simulatedFile(1));
  const { page } = await openWindow();
  await page.goto(`${hub.url}/#${agent.userId}`);
  await page.getByTestId("start").waitFor({ timeout: 15_000 });
  await agent.kill9();
  await reads(page, /^Agent offline since \d\d:\d\d\.$/);
  // A reload asks while the agent is away: that answer must not outlive its return.
  await page.reload();
  await reads(page, /^Agent offline since \d\d:\d\d\.$/);
  await page.evaluate(`
    window.saidTogether = [];
    new MutationObserver(() => {
      const text = document.body.innerText;
      if (/online/.test(text) && /agent is offline|could not be read/i.test(text)) window.saidTogether.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  `);
  await agent.start();
  await page.getByTestId("start").waitFor({ timeout: 15_000 });
  expect(await page.evaluate("window.saidTogether")).toEqual([]);
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
