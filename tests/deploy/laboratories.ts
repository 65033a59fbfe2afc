import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { Random } from "../../agent/random.ts";
import { openStore } from "../../server/store/open-store.ts";
import type { CheckOptions, Verdict } from "../faults/checker.ts";
import { Party } from "../faults/party.ts";
import { readStoredLog } from "../faults/stored-log.ts";
import { temporaryFolder } from "../support/agent.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startRedis } from "../support/redis-server.ts";

/** Shorter than an operator's, so that tests need not wait. */
export const LEASE_S = 5;

/** Several hub processes on one real Redis, as operators run them. */
export async function startFleet(count: number) {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const start = (_: unknown, index: number) =>
    startHubProcess({
      REDIS_URL: redis.url,
      HUB_ID: `hub-${index + 1}`,
      HUB_LEASE_S: String(LEASE_S),
      TRUST_PROXY: "127.0.0.1",
    });
  const hubs = await Promise.all(Array.from({ length: count }, start));
  return { redis, hubs };
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

/**
 * Laboratories that come to the hubs by one address: an agent, its instrument, and two who watch; by turns one and
 * three, or a balancer that fills up three hubs evenly would send all agents to the first.
 */
export async function openLaboratories(hubUrl: string, count: number, place = ""): Promise<Party[]> {
  const parties: Party[] = [];
  for (let index = 0; index < count; index += 1) {
    const canary = `lab${place.replace(/\D/g, "")}x${index}`;
    const random = new Random(index + 1);
    parties.push(
      await Party.start({ hubUrl, random, canary, agent: "here", viewers: index % 2 === 0 ? 1 : 3 }),
    );
  }
  return parties;
}

/** Every instrument saves a file every `periodMs` until stopped. */
export function measure(parties: readonly Party[], periodMs: number): { stop(): Promise<void> } {
  let stopped = false;
  const running = parties.map(async ({ instrument }, index) => {
    await pause((periodMs * index) / parties.length);
    while (!stopped) {
      await instrument.save();
      await pause(periodMs);
    }
  });
  const stop = async () => {
    stopped = true;
    await Promise.all(running);
  };
  onTestFinished(stop);
  return { stop };
}

/** What the store's logs prove of all laboratories. Whether bytes are kept is judged elsewhere: they are on the hubs. */
export async function judge({ redis }: Fleet, parties: readonly Party[], options: CheckOptions = {}) {
  const store = await openStore({
    redisUrl: redis.url,
    dataDir: await temporaryFolder(),
    newId: () => "unused",
  });
  const verdicts: Verdict[] = [];
  for (const party of parties) {
    const log = await readStoredLog(store, party.logKey);
    const rows = log.rows.map((row) => ({ ...row, rawSha256: row.sha256 }));
    verdicts.push(party.judge({ ...log, rows }, options));
  }
  await store.close();
  const sum = (of: (verdict: Verdict) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    written: sum(({ written }) => written),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    stalenessMs: Math.max(...verdicts.map(({ stalenessMs }) => stalenessMs)),
    violations: verdicts.flatMap(({ violations }) => violations),
  };
}

/** User ID → hub, from the customer's map. */
export async function whereAgentsAre({ redis }: Fleet): Promise<Map<string, string>> {
  const words = (await redis.cli("HGETALL", "agent_user_mapping")) as string[];
  const places = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2)
    places.set(words[at] ?? "", JSON.parse(words[at + 1] ?? "").hub_id);
  return places;
}
