import { afterAll, expect, test } from "vitest";
import { closeBrowser, openWindow } from "../browser/window.ts";
import type { Party } from "../faults/party.ts";
import type { HubProcess } from "../support/hub-process.ts";
import { startBalancer, withoutStickiness } from "./balancer.ts";
import {
  type Fleet,
  judge,
  mapIsTrue,
  measure,
  openFleetStore,
  openLaboratories,
  startFleet,
  stateOf,
  viewersPerHub,
  whereAgentsReallyAre,
} from "./laboratories.ts";
import { histogramOf, inTime, Reconnects } from "./reconnects.ts";
import { pageHistory, recordPage, untruths } from "./watched-page.ts";

const LABORATORIES = 30;
/** Two in each laboratory, and the page. */
const VIEWERS = 2 * LABORATORIES + 1;
const PERIOD_MS = 1_500;
/** From a viewer's return until it shows the log. */
const EQUAL_WITHIN_MS = 5_000;
/** Parts of the window over which a hub spreads the return of those that it sends away. */
const PARTS = 10;
/** An even spread has a tenth in each part; more than this in one would be a stampede. */
const MOST_IN_ONE_PART = 1 / 3;

afterAll(closeBrowser);

/** What a hub says in its log when it sends everybody away. */
interface SentAway {
  readonly time: number;
  readonly agents: number;
  readonly others: number;
  readonly window_ms: number;
  readonly histogram: readonly number[];
}

test.each([
  ["with its cookie", (text: string) => text],
  ["by turns, without a cookie", withoutStickiness],
])(
  "[I1] three hubs behind HAProxy, %s, are restarted in turn under load: nothing is lost or doubled, nobody reloads or comes back in a stampede",
  async (_, change) => {
    const fleet = await startFleet(3);
    const urls = fleet.hubs.map((hub) => hub.url);
    const url = await startBalancer("haproxy", urls, { change });
    const parties = await openLaboratories(url, LABORATORIES);
    const page = await openPage(url, parties);
    const load = measure(parties, PERIOD_MS);
    await Promise.all(parties.map((party) => party.showsMore(2)));
    const store = await openFleetStore(fleet);
    const reconnects = new Reconnects(store, parties);

    for (const [index, hub] of fleet.hubs.entries()) {
      const from_ms = Date.now();
      expect(await hub.terminate(), hub.output()).toBe(0);
      await hub.start();
      await isInRotation(url, index, from_ms);
      await everybodyIsThere(fleet);
    }
    await Promise.all(parties.map((party) => party.showsMore(3)));
    await load.stop();
    await Promise.all(parties.map((party) => party.converged(60_000)));
    await everybodyIsThere(fleet);

    for (const hub of fleet.hubs) assertSpread(fleet, reconnects, hub);
    await page.showsAll();
    await page.assertHonest();
    const slowestMs = await reconnects.slowestMs();
    await store.close();
    const verdict = await judge(fleet, parties);
    process.stdout.write(
      `${verdict.written} files, ${verdict.lost} lost, ${verdict.duplicated} doubled, longest staleness ` +
        `${Math.round(verdict.stalenessMs)} ms; ${reconnects.returns.length} viewers came back, the slowest showed the log ` +
        `after ${Math.round(slowestMs)} ms; viewers per hub at the end ${(await viewersPerHub(fleet)).join("+")}\n`,
    );
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, violations: [] });
    expect(inTime(slowestMs, EQUAL_WITHIN_MS), `${slowestMs} ms`).toBe(true);
    for (const { viewer } of parties.flatMap(({ viewers }) => viewers)) expect(viewer.restarts).toBe(0);
  },
);

/** A real browser on the first laboratory, that is opened once. */
async function openPage(url: string, parties: readonly Party[]) {
  const [party] = parties;
  if (party === undefined) throw new RangeError("There is no laboratory.");
  const { page, shows } = await openWindow();
  await recordPage(page);
  await page.goto(`${url}/#${party.agent.userId}`);
  await page.getByTestId("state-line").waitFor();
  return {
    showsAll: async () => shows((await party.session()).head),
    assertHonest: async () => {
      const history = await pageHistory(page);
      process.stdout.write(
        `the page said: ${history.said.map(({ kind, word }) => `${kind} (${word})`).join(" → ")}\n`,
      );
      expect(history.loads).toBe(1);
      expect(history.said.some(({ kind }) => kind === "lost")).toBe(true);
      expect(untruths(history, Date.now())).toEqual([]);
    },
  };
}

/** HAProxy sends a client of this hub to it again: to the process that was started after `sinceMs`. */
async function isInRotation(url: string, index: number, sinceMs: number): Promise<void> {
  const again = async () => {
    const { hub } = await stateOf(url, `BENCHCAST_HUB=hub${index + 1}`);
    return hub.hub_id === `hub-${index + 1}` && hub.started_at_ms > sinceMs;
  };
  await expect.poll(() => again().catch(() => false), { timeout: 30_000, interval: 200 }).toBe(true);
}

/** All agents and viewers are at hubs again, and the customer's map says so. */
async function everybodyIsThere(fleet: Fleet): Promise<void> {
  const there = async () => ({
    agents: (await whereAgentsReallyAre(fleet)).size,
    viewers: (await viewersPerHub(fleet)).reduce((sum, count) => sum + count, 0),
    map: await mapIsTrue(fleet),
  });
  await expect
    .poll(there, { timeout: 60_000, interval: 500 })
    .toEqual({ agents: LABORATORIES, viewers: VIEWERS, map: true });
}

/** Prints when those that a hub sent away came back, and holds it against an even spread. */
function assertSpread({ hubs }: Fleet, { returns }: Reconnects, hub: HubProcess): void {
  const [left] = linesOf<SentAway>(hub, "clients sent away");
  if (left === undefined) throw new Error("The hub did not say that it sent its clients away.");
  const agents = hubs.flatMap((other) => linesOf<{ time: number }>(other, "agent connected"));
  const moments = [...agents.map(({ time }) => time), ...returns.map(({ atMs }) => atMs)];
  const { time, window_ms, histogram } = left;
  const part_ms = window_ms / PARTS;
  // Until half as long again; a later one, or one of the next hub, is not of this window.
  const parts = 1.5 * PARTS;
  const mine = moments.filter((at) => at >= time && at < time + parts * part_ms);
  const came = histogramOf(mine, time, part_ms, parts);
  const most = Math.max(...came);
  process.stdout.write(
    `hub at ${hub.url}: ${left.agents} agents and ${left.others} others sent away over ${window_ms} ms, told to come back ` +
      `${histogram.join(" ")}, came ${came.join(" ")} per ${part_ms} ms; at most ${most} of ${mine.length} in one part\n`,
  );
  expect(mine.length).toBeGreaterThan((left.agents + left.others) / 2);
  expect(most / mine.length).toBeLessThanOrEqual(MOST_IN_ONE_PART);
}

/** Lines of a hub's log with this message, in order. */
function linesOf<Line>(hub: HubProcess, message: string): Line[] {
  const lines = hub.output().split("\n");
  // As the hub's own log has them.
  return lines.filter((line) => line.includes(`"msg":"${message}"`)).map((line) => JSON.parse(line) as Line);
}
