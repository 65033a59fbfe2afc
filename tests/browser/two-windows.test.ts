import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type AgentProcess, startAgentProcess } from "../support/agent-process.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { offlineNumbers } from "../support/offline-numbers.ts";
import { closeBrowser, openWindow, type ViewerWindow } from "./window.ts";

afterAll(closeBrowser);

interface Bench {
  /** A word that stands in every file of this agent, in its name and in its content, and nowhere else. */
  readonly canary: string;
  /** Which scan of the simulated sensor its first file has: no two files have the same numbers. */
  readonly firstScan: number;
}

const A: Bench = { canary: "kanarienvogela7f3", firstScan: 1 };
const B: Bench = { canary: "kanarienvogelb91c", firstScan: 501 };

function contentOf({ canary, firstScan }: Bench, n: number): Uint8Array {
  return simulatedFile(firstScan + n - 1, { canary });
}

async function instrumentWrites({ folder }: AgentProcess, bench: Bench, from: number, to: number) {
  const { canary } = bench;
  for (let n = from; n <= to; n++) {
    await writeFile(join(folder, `${canary}_${n}.part`), contentOf(bench, n));
    await rename(join(folder, `${canary}_${n}.part`), join(folder, `${canary}_${n}.txt`));
  }
}

/** Exports by the button and reads the file that the browser saved. */
async function exported({ page }: ViewerWindow): Promise<Record<string, string>[]> {
  await page.getByTestId("export").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByTestId("export-start").click(),
  ]);
  await page.getByTestId("export-close").click();
  const [head = "", ...rows] = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  const names = head.replace("\uFEFF", "").split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, at) => [names[at] ?? "", cell])));
}

/** What the offline command finds in the files that this agent's instrument wrote, with the session's parameters. */
async function expectedRows(hubUrl: string, { userId }: AgentProcess, bench: Bench, files: number) {
  const headers = { authorization: `Bearer ${userId}` };
  const answer = await fetch(`${hubUrl}/api/sessions`, { headers });
  const { sessions } = (await answer.json()) as { sessions: readonly { readonly params: object }[] };
  const contents = new Map(
    Array.from({ length: files }, (_, at) => [`${bench.canary}_${at + 1}.txt`, contentOf(bench, at + 1)]),
  );
  const { rows } = await offlineNumbers("swv", contents, sessions[0]?.params ?? {});
  expect(rows).toHaveLength(2 * files);
  return rows.map(({ file, row }) => [file, row.electrode, row.peak_height_a] as const).sort(byPlace);
}

function placed(rows: readonly Readonly<Record<string, string>>[]) {
  return rows
    .map(({ file, electrode, peak_height_a }) => [file, Number(electrode), Number(peak_height_a)] as const)
    .sort(byPlace);
}

type Placed = readonly [file: string | undefined, electrode: number | null | undefined, ...unknown[]];

function byPlace([a = "", e]: Placed, [b = "", f]: Placed): number {
  return a === b ? (e ?? 0) - (f ?? 0) : a < b ? -1 : 1;
}

test("two agents, two windows: each sees its own, wholly, whatever happens to the other", async () => {
  const hub = await startHubProcess();
  // 1, 2: two agents with ten files each, and each window joins its own: by typing, and by the link.
  const [a, b] = await Promise.all([
    startAgentProcess(hub.url, "Bench A"),
    startAgentProcess(hub.url, "Bench B"),
  ]);
  await Promise.all([instrumentWrites(a, A, 1, 10), instrumentWrites(b, B, 1, 10)]);
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
  await Promise.all([instrumentWrites(a, A, 11, 25), instrumentWrites(b, B, 11, 25)]);
  await Promise.all([one.shows(25), two.shows(25)]);
  await one.page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
  // 6: no byte of the other one came to either window, though its own did.
  const [gotOne, gotTwo] = [one.received(), two.received()];
  expect([gotOne.includes(A.canary), gotOne.includes(B.canary)]).toEqual([true, false]);
  expect([gotTwo.includes(B.canary), gotTwo.includes(A.canary)]).toEqual([true, false]);
  expect(gotOne.includes(b.userId.replaceAll("-", ""))).toBe(false);
  expect(gotTwo.includes(a.userId.replaceAll("-", ""))).toBe(false);
  // 7: both export, and get the rows of their own agent.
  expect(placed(await exported(one))).toEqual(await expectedRows(hub.url, a, A, 25));
  expect(placed(await exported(two))).toEqual(await expectedRows(hub.url, b, B, 25));
  // 8: A is killed. Its window says so within 15 s, and since when; the other goes on.
  const killed = Date.now();
  await a.kill9();
  await one.page.locator('[data-testid="state-line"][data-state="offline"]').waitFor({ timeout: 15_000 });
  expect(Date.now() - killed).toBeLessThan(15_000);
  expect(await one.page.locator("body").innerText()).toMatch(/Agent offline since \d\d:\d\d.*25 scans/s);
  await instrumentWrites(b, B, 26, 30);
  await two.shows(30);
  // 9: files go on to appear while A is away; when it returns its window goes on without a reload.
  await instrumentWrites(a, A, 26, 32);
  await a.start();
  await one.shows(32);
  await one.page.locator('[data-testid="state-line"][data-state="live"]').waitFor({ timeout: 15_000 });
  expect(await one.page.evaluate(() => "notReloaded" in globalThis)).toBe(true);
  // 10: nothing lost, nothing doubled, nothing of the other.
  expect(placed(await exported(one))).toEqual(await expectedRows(hub.url, a, A, 32));
  expect(placed(await exported(two))).toEqual(await expectedRows(hub.url, b, B, 30));
  expect(one.received().includes(B.canary)).toBe(false);
  expect(two.received().includes(A.canary)).toBe(false);
});
