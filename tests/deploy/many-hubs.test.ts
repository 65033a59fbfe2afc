import { setTimeout as pause } from "node:timers/promises";
import { io } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { explainFailure } from "../../agent/connection-words.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { startBalancer, withoutStickiness } from "./balancer.ts";
import {
  judge,
  LEASE_S,
  mapIsTrue,
  measure,
  openFleetStore,
  openLaboratories,
  startFleet,
  viewersPerHub,
  whereAgentsAre,
  whereAgentsReallyAre,
} from "./laboratories.ts";
import { inTime, Reconnects } from "./reconnects.ts";

const LABORATORIES = 30;
const VIEWERS = 2 * LABORATORIES;
const PERIOD_MS = 1_500;
/** A viewer that has come back shows within this what was logged when it came back. */
const EQUAL_WITHIN_MS = 5_000;

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe("three hubs behind HAProxy", () => {
  test.each([
    ["with its cookie", (text: string) => text],
    ["by turns, without a cookie, WebSockets only", withoutStickiness],
  ])("[I1] %s: one is killed under load, and nothing is lost, doubled or left behind", async (_, change) => {
    const fleet = await startFleet(3);
    const url = await startBalancer(
      "haproxy",
      fleet.hubs.map((hub) => hub.url),
      { change },
    );
    const parties = await openLaboratories(url, LABORATORIES);
    const load = measure(parties, PERIOD_MS);
    await Promise.all(parties.map((party) => party.showsMore(2)));
    const before = [...(await whereAgentsAre(fleet)).values()];
    expect(new Set(before).size).toBeGreaterThan(1);
    await expect.poll(async () => total(await viewersPerHub(fleet)), { timeout: 60_000 }).toBe(VIEWERS);
    const spreadBefore = await viewersPerHub(fleet);
    const agentsAt = (hub: string) => before.filter((other) => other === hub).length;
    const busiest = before.toSorted((one, other) => agentsAt(other) - agentsAt(one))[0] ?? "";
    const store = await openFleetStore(fleet);
    const reconnects = new Reconnects(store, parties);

    await fleet.hubs[Number(busiest.slice("hub-".length)) - 1]?.kill9();
    const killedMs = performance.now();
    // The map is true within one lease: nobody is at the dead hub, and whoever is in it is where it says.
    await expect.poll(() => mapIsTrue(fleet), { timeout: 30_000, interval: 100 }).toBe(true);
    const trueAfterMs = performance.now() - killedMs;
    await Promise.all(parties.map((party) => party.showsMore(3)));
    await load.stop();
    await Promise.all(parties.map((party) => party.converged(60_000)));
    await expect
      .poll(async () => (await whereAgentsReallyAre(fleet)).size, { timeout: 20_000 })
      .toBe(LABORATORIES);
    expect(await mapIsTrue(fleet)).toBe(true);
    await expect.poll(async () => total(await viewersPerHub(fleet)), { timeout: 20_000 }).toBe(VIEWERS);
    const spreadAfter = await viewersPerHub(fleet);
    const slowestMs = await reconnects.slowestMs();
    await store.close();
    const verdict = await judge(fleet, parties);
    process.stdout.write(
      `${verdict.written} files, ${verdict.lost} lost, ${verdict.duplicated} doubled, longest staleness ` +
        `${Math.round(verdict.stalenessMs)} ms; the map was true ${Math.round(trueAfterMs)} ms after the kill; ` +
        `viewers per hub ${spreadBefore.join("+")}, then ${spreadAfter.join("+")}; of ${reconnects.returns.length} that ` +
        `came back the slowest showed the log after ${Math.round(slowestMs)} ms\n`,
    );
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, violations: [] });
    expect(inTime(trueAfterMs, (LEASE_S + 1) * 1_000)).toBe(true);
    expect(reconnects.returns.length).toBeGreaterThanOrEqual(Math.min(...spreadBefore));
    expect(inTime(slowestMs, EQUAL_WITHIN_MS)).toBe(true);
    // No hub has fewer than half of its even share: of three, then of the two that are left.
    expect(Math.min(...spreadBefore)).toBeGreaterThanOrEqual(VIEWERS / 3 / 2);
    expect(Math.min(...spreadAfter)).toBeGreaterThanOrEqual(VIEWERS / 2 / 2);
  });

  test("polling without a cookie is refused with the reason, which the agent tells its user", async () => {
    const fleet = await startFleet(2);
    const urls = fleet.hubs.map((hub) => hub.url);
    const url = await startBalancer("haproxy", [...urls, ...urls.slice(0, 1)], { change: withoutStickiness });
    const auth = { role: "viewer", protocol: PROTOCOL_VERSION };
    const socket = io(url, { auth, transports: ["polling"], forceNew: true });
    onTestFinished(() => void socket.disconnect());
    const told = new Promise<string>((resolve) => {
      socket.on("connect_error", (error) => {
        const words = explainFailure(error, url);
        if (words.includes("sticky")) resolve(words);
      });
    });
    expect(await told).toContain("need a sticky load balancer");
  });

  test("polling with its cookie works, in a client that keeps cookies", async () => {
    const fleet = await startFleet(2);
    const urls = fleet.hubs.map((hub) => hub.url);
    const url = await startBalancer("haproxy", [...urls, ...urls.slice(0, 1)]);
    const auth = { role: "viewer", protocol: PROTOCOL_VERSION };
    const socket = io(url, { auth, transports: ["polling"], forceNew: true, withCredentials: true });
    onTestFinished(() => void socket.disconnect());
    await new Promise<void>((resolve) => socket.on("connect", resolve));
    await pause(500);
    expect(socket.connected).toBe(true);
  });
});

test("three hubs behind nginx: one is killed, and nothing is lost or doubled", async () => {
  const fleet = await startFleet(3);
  const url = await startBalancer(
    "nginx",
    fleet.hubs.map((hub) => hub.url),
  );
  const parties = await openLaboratories(url, 6);
  const load = measure(parties, PERIOD_MS);
  await Promise.all(parties.map((party) => party.showsMore(2)));
  await fleet.hubs[0]?.kill9();
  await Promise.all(parties.map((party) => party.showsMore(3)));
  await load.stop();
  await Promise.all(parties.map((party) => party.converged(60_000)));
  expect(await judge(fleet, parties)).toMatchObject({ lost: 0, duplicated: 0, violations: [] });
});
