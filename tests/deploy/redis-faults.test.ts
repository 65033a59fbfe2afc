import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Fleet, judge, measure, openLaboratories, startFleet, whereAgentsAre } from "./laboratories.ts";

const LABORATORIES = 6;
const PERIOD_MS = 500;

interface Fault {
  readonly name: string;
  strike(fleet: Fleet): Promise<unknown>;
  heal(fleet: Fleet): Promise<unknown>;
  readonly lastsMs: number;
  /** Data was lost with it: then logs begin anew, and agents offer their folders again. */
  readonly empties?: true;
}

const FAULTS: readonly Fault[] = [
  {
    name: "killed with -9 for 5 s",
    lastsMs: 5_000,
    strike: ({ redis }) => redis.kill9(),
    heal: ({ redis }) => redis.restart(),
  },
  {
    name: "standing still for 30 s",
    lastsMs: 30_000,
    strike: async ({ redis }) => redis.sigstop(),
    heal: async ({ redis }) => redis.sigcont(),
  },
  {
    name: "flushed",
    lastsMs: 0,
    empties: true,
    strike: ({ redis }) => redis.cli("FLUSHALL"),
    heal: async () => undefined,
  },
  {
    name: "a read-only replica for 5 s",
    lastsMs: 5_000,
    strike: ({ redis }) => redis.cli("REPLICAOF", "127.0.0.1", "1"),
    heal: ({ redis }) => redis.cli("REPLICAOF", "NO", "ONE"),
  },
  {
    name: "out of memory for 5 s",
    lastsMs: 5_000,
    strike: ({ redis }) => redis.cli("CONFIG", "SET", "maxmemory", "1mb"),
    heal: ({ redis }) => redis.cli("CONFIG", "SET", "maxmemory", "0"),
  },
];

/** Each hub's own word, whatever stands before it. */
async function states({ hubs }: Fleet): Promise<string[]> {
  const replies = await Promise.all(hubs.map(({ url }) => fetch(`${url}/health`)));
  const said = await Promise.all(replies.map((reply) => reply.json() as Promise<{ status: string }>));
  return said.map(({ status }) => status);
}

test.each(FAULTS)(
  "[I1] three hubs whose Redis is $name stay up, say so, and heal by themselves",
  async (fault) => {
    const fleet = await startFleet(3);
    const parties = [];
    for (const { url } of fleet.hubs) parties.push(...(await openLaboratories(url, LABORATORIES / 3, url)));
    const load = measure(parties, PERIOD_MS);
    await Promise.all(parties.map((party) => party.showsMore(2)));
    await fault.strike(fleet);
    if (!fault.empties)
      await expect.poll(() => states(fleet), { timeout: 15_000 }).toEqual(Array(3).fill("degraded"));
    await pause(fault.lastsMs);
    await fault.heal(fleet);
    await expect.poll(() => states(fleet), { timeout: 20_000 }).toEqual(Array(3).fill("ok"));
    await pause(2_000);
    await load.stop();
    await Promise.all(parties.map((party) => party.converged(60_000)));
    await expect.poll(async () => (await whereAgentsAre(fleet)).size, { timeout: 20_000 }).toBe(LABORATORIES);
    const verdict = await judge(fleet, parties, { epochMayChange: fault.empties === true });
    process.stdout.write(
      `${fault.name}: ${verdict.written} files, ${verdict.lost} lost, ${verdict.duplicated} doubled, ` +
        `longest staleness ${Math.round(verdict.stalenessMs)} ms\n`,
    );
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, violations: [] });
  },
);
