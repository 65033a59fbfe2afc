import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { Random } from "../../agent/random.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import { openStore } from "../../server/store/open-store.ts";
import type { Store } from "../../server/store/port.ts";
import { AdminState } from "../../shared/protocol/admin.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import type { CheckOptions, Verdict } from "../faults/checker.ts";
import { Party } from "../faults/party.ts";
import { readStoredLog } from "../faults/stored-log.ts";
import { temporaryFolder } from "../support/agent.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startRedis } from "../support/redis-server.ts";

/** Shorter than an operator's, so that tests need not wait. */
export const LEASE_S = 5;

const ADMIN_TOKEN = "an-operators-token-of-some-length";
/** Laboratories that begin in one moment: a morning in a department. */
const AT_ONCE = 10;

/** Several hub processes on one real Redis, as operators run them. */
export async function startFleet(count: number) {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const start = (_: unknown, index: number) =>
    startHubProcess({
      REDIS_URL: redis.url,
      HUB_ID: `hub-${index + 1}`,
      HUB_LEASE_S: String(LEASE_S),
      ADMIN_TOKEN,
      TRUST_PROXY: "127.0.0.1",
    });
  const hubs = await Promise.all(Array.from({ length: count }, start));
  return { redis, hubs };
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

/**
 * Laboratories that come to the hubs by one address: an agent, its instrument, and two who watch. Some at once, or a
 * balancer that fills up three hubs evenly would send all agents to the first.
 */
export async function openLaboratories(hubUrl: string, count: number, place = ""): Promise<Party[]> {
  const open = (index: number) => {
    const canary = `lab${place.replace(/\D/g, "")}x${index}`;
    return Party.start({ hubUrl, random: new Random(index + 1), canary, agent: "here", viewers: 2 });
  };
  const parties: Party[] = [];
  while (parties.length < count) {
    const few = Math.min(AT_ONCE, count - parties.length);
    const from = parties.length;
    parties.push(...(await Promise.all(Array.from({ length: few }, (_, index) => open(from + index)))));
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

/** The hubs' store as a reader of it sees it. The caller closes it. */
export async function openFleetStore({ redis }: Fleet): Promise<Store> {
  return openStore({ redisUrl: redis.url, dataDir: await temporaryFolder(), newId: () => "unused" });
}

/** What the store's logs prove of all laboratories. Whether bytes are kept is judged elsewhere: they are on the hubs. */
export async function judge(fleet: Fleet, parties: readonly Party[], options: CheckOptions = {}) {
  const store = await openFleetStore(fleet);
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

/** User ID → hub, as the hubs that live say themselves: who is connected to each at this moment. */
export async function whereAgentsReallyAre({ hubs }: Fleet): Promise<Map<string, string>> {
  const states = await Promise.all(hubs.map((hub) => stateOf(hub.url).catch(() => null)));
  return new Map(
    states.flatMap((state) =>
      (state?.agents ?? []).map(({ tag }) => [tag, state?.hub.hub_id ?? ""] as const),
    ),
  );
}

/** Whether `agent_user_mapping` says of every agent where it is, and names nobody else. */
export async function mapIsTrue(fleet: Fleet): Promise<boolean> {
  const [said, real] = await Promise.all([whereAgentsAre(fleet), whereAgentsReallyAre(fleet)]);
  const places = [...said].map(([userId, hub]) => [userTag(userId as UserId), hub] as const); // hubs wrote them
  return places.length === real.size && places.every(([tag, hub]) => real.get(tag) === hub);
}

/** What the admin page of a hub shows; through a balancer, of the hub that the cookie names. */
export async function stateOf(url: string, cookie = ""): Promise<AdminState> {
  const reply = await fetch(`${url}/api/admin/state`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(cookie === "" ? {} : { cookie }) },
  });
  return AdminState.parse(await reply.json());
}

/** Viewers of each hub that answers. */
export async function viewersPerHub({ hubs }: Fleet): Promise<number[]> {
  const counts = await Promise.all(
    hubs.map(async ({ url }) => {
      const reply = await fetch(`${url}/health`).catch(() => null);
      const health = (await reply?.json()) as { streaming: { viewers: number } } | undefined;
      return health?.streaming.viewers ?? null;
    }),
  );
  return counts.filter((count) => count !== null);
}
