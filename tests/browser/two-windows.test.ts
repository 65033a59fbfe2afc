import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type AgentProcess, startAgentProcess } from "../support/agent-process.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { closeBrowser, openWindow, type ViewerWindow } from "./window.ts";

afterAll(closeBrowser);

/** A word that stands in every file of one agent, in its name and in its content, and nowhere else. */
const CANARY = { a: "kanarienvogela7f3", b: "kanarienvogelb91c" } as const;

async function instrumentWrites(
  { folder }: AgentProcess,
  canary: string,
  from: number,
  to: number,
): Promise<void> {
  for (let n = from; n <= to; n++) {
    await writeFile(join(folder, `${canary}_${n}.part`), simulatedFile(n, { canary }));
    await rename(join(folder, `${canary}_${n}.part`), join(folder, `${canary}_${n}.txt`));
  }
}

/** Exports by the button and reads the file that the browser saved. */
async function exported({ page }: ViewerWindow): Promise<string[]> {
  await page.getByTestId("export").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByTestId("export-start").click(),
  ]);
  await page.getByTestId("export-close").click();
  const text = await readFile(await download.path(), "utf8");
  return text.trimEnd().split("\r\n").slice(1);
}

function expectSeries(rows: readonly string[], canary: string, files: number): void {
  const named = rows.map((row) => row.split(",")[1]);
  const wanted = Array.from({ length: files }, (_, index) => `${canary}_${index + 1}.txt`).flatMap((name) => [
    name,
    name,
  ]);
  expect(named.toSorted()).toEqual(wanted.toSorted());
}

test("two agents, two windows: each sees its own, wholly, whatever happens to the other", async () => {
  const hub = await startHubProcess();
  // 1, 2: two agents with ten files each, and each window joins its own: by typing, and by the link.
  const [a, b] = await Promise.all([
    startAgentProcess(hub.url, "Bench A"),
    startAgentProcess(hub.url, "Bench B"),
  ]);
  await Promise.all([instrumentWrites(a, CANARY.a, 1, 10), instrumentWrites(b, CANARY.b, 1, 10)]);
  const [one, two] = [await openWindow(), await openWindow()];
  await one.page.goto(hub.url);
  await one.page.getByTestId("user-id").pressSequentially(a.userId.toUpperCase().replaceAll("-", " "));
  await one.page.getByTestId("join").click();
  await two.page.goto(`${hub.url}/#${b.userId}`);
  // 3, 4: the hub proposes what is in the folder; one button starts it, in both windows at once.
  for (const [{ page }, name] of [
    [one, "Bench A"],
    [two, "Bench B"],
  ] as const) {
    await page.getByTestId("start").waitFor({ timeout: 30_000 });
    expect(await page.getByTestId("state-line").innerText()).toContain(name);
  }
  await Promise.all([one.page.getByTestId("start").click(), two.page.getByTestId("start").click()]);
  await Promise.all([one.shows(10), two.shows(10)]);
  // 5: both go on at once, live.
  await Promise.all([instrumentWrites(a, CANARY.a, 11, 25), instrumentWrites(b, CANARY.b, 11, 25)]);
  await Promise.all([one.shows(25), two.shows(25)]);
  await one.page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
  // 6: no byte of the other one came to either window, though its own did.
  const [gotOne, gotTwo] = [one.received(), two.received()];
  expect([gotOne.includes(CANARY.a), gotOne.includes(CANARY.b)]).toEqual([true, false]);
  expect([gotTwo.includes(CANARY.b), gotTwo.includes(CANARY.a)]).toEqual([true, false]);
  expect(gotOne.includes(b.userId.replaceAll("-", ""))).toBe(false);
  expect(gotTwo.includes(a.userId.replaceAll("-", ""))).toBe(false);
  // 7: both export, and get the rows of their own agent.
  expectSeries(await exported(one), CANARY.a, 25);
  expectSeries(await exported(two), CANARY.b, 25);
  // 8: A is killed. Its window says so within 15 s, and since when; the other goes on.
  const killed = Date.now();
  await a.kill9();
  await one.page.locator('[data-testid="state-line"][data-state="offline"]').waitFor({ timeout: 15_000 });
  expect(Date.now() - killed).toBeLessThan(15_000);
  expect(await one.page.locator("body").innerText()).toMatch(/Agent offline since \d\d:\d\d.*25 scans/s);
  await instrumentWrites(b, CANARY.b, 26, 30);
  await two.shows(30);
  // 9: files go on to appear while A is away; when it returns its window goes on without a reload.
  await instrumentWrites(a, CANARY.a, 26, 32);
  await a.start();
  await one.shows(32);
  await one.page.locator('[data-testid="state-line"][data-state="live"]').waitFor({ timeout: 15_000 });
  expect(await one.page.evaluate(() => "notReloaded" in globalThis)).toBe(true);
  // 10: nothing lost, nothing doubled, nothing of the other.
  expectSeries(await exported(one), CANARY.a, 32);
  expectSeries(await exported(two), CANARY.b, 30);
  expect(one.received().includes(CANARY.b)).toBe(false);
  expect(two.received().includes(CANARY.a)).toBe(false);
});
