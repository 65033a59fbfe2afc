import { afterAll, expect, test } from "vitest";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

/** A hub with one agent that has a running session with three files. */
async function startScene() {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  const send = (n: number) => agent.send(session.session_id, `swv_${n}.txt`, simulatedFile(n));
  for (const n of [1, 2, 3]) await send(n);
  return { hub, user_id, send };
}

test("a person shares a link to watch: it shows everything, changes nothing, and ends when it is revoked", async () => {
  const { hub, user_id, send } = await startScene();
  const owner = await openWindow();
  await owner.page.goto(`${hub.url}/#${user_id}`);
  await owner.shows(3);
  await owner.page.getByTestId("share").click();
  await owner.page.getByTestId("share-label").fill("Group meeting");
  await owner.page.getByTestId("share-make").click();
  const address = await owner.page.getByTestId("share-address").inputValue();
  expect(address).toMatch(new RegExp(`^${hub.url}/#s=bcs_[\\w-]{21}$`));
  expect(await owner.page.getByTestId("share-links").innerText()).toContain("Group meeting");

  // The watcher: everything is there but what changes something, also after a reload, and live.
  const watcher = await openWindow();
  await watcher.page.goto(address);
  await watcher.shows(3);
  await send(4);
  await watcher.shows(4);
  expect(await watcher.state()).toMatch(/Bench A.*View only/);
  for (const name of ["share", "stop"]) expect(await watcher.page.getByTestId(name).count()).toBe(0);
  expect(await watcher.page.getByText("New session").count()).toBe(0);
  expect(await watcher.page.getByTestId("export").isEnabled()).toBe(true);
  await watcher.page.reload();
  await watcher.shows(4);
  expect(watcher.page.url()).toBe(address);
  const shown = await watcher.page.content();
  for (const id of [user_id, user_id.replace(/(.{4})(?=.)/g, "$1-")]) {
    expect(watcher.received().includes(id)).toBe(false);
    expect(shown).not.toContain(id);
  }

  // Revoked: the watcher is told in words, at once and after a reload; the owner goes on.
  await owner.page.getByTestId("revoke").click();
  await owner.page.getByTestId("revoke-confirm").click();
  await watcher.page.getByText("This link was revoked. Ask whoever sent it for a new one.").waitFor();
  expect(await watcher.page.getByTestId("trend-plot").count()).toBe(0);
  await watcher.page.reload();
  await watcher.page.getByText("This link does not work").waitFor();
  await owner.page.getByTestId("share-close").click();
  await send(5);
  await owner.shows(5);
  // The page of a dead link is a connect page like any other.
  await watcher.page.getByTestId("user-id").fill(user_id);
  await watcher.page.getByTestId("join").click();
  await watcher.shows(5);
});

test("a page that names its hub in its own address makes links that name it too", async () => {
  const { hub, user_id } = await startScene();
  const { page, shows } = await openWindow();
  const query = `?hub=${encodeURIComponent(hub.url)}`;
  await page.goto(`${hub.url}/${query}#${user_id}`);
  await shows(3);
  await page.getByTestId("share").click();
  await page.getByTestId("share-make").click();
  const address = await page.getByTestId("share-address").inputValue();
  expect(address.startsWith(`${hub.url}/${query}#s=bcs_`)).toBe(true);
  const watcher = await openWindow();
  await watcher.page.goto(address);
  await watcher.shows(3);
});

test("where the browser does not let the page copy, it says so and does not claim to have copied", async () => {
  const { hub, user_id } = await startScene();
  const { page, shows } = await openWindow();
  // As on a page over http from another computer.
  await page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
  await page.goto(`${hub.url}/#${user_id}`);
  await shows(3);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("button", { name: "Not allowed here: copy this page's address" }).waitFor();
});
