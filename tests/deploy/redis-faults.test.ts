import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { closeBrowser, openWindow } from "../browser/window.ts";
import type { Party } from "../faults/party.ts";
import { type Fleet, judge, measure, openLaboratories, startFleet, whereAgentsAre } from "./laboratories.ts";

afterAll(closeBrowser);

const LABORATORIES = 6;
const PERIOD_MS = 500;

interface Fault {
  readonly name: string;
  /** What `/ready` says of it, to whoever runs the hubs. */
  readonly reason: RegExp;
  strike(fleet: Fleet): Promise<unknown>;
  heal(fleet: Fleet): Promise<unknown>;
  readonly lastsMs: number;
  /** Data was lost with it: then logs begin anew, and agents offer their folders again. */
  readonly empties?: true;
}

const FAULTS: readonly Fault[] = [
  {
    name: "killed with -9 for 5 s",
    reason: /Redis at .*(ECONNREFUSED|closed)/,
    lastsMs: 5_000,
    strike: ({ redis }) => redis.kill9(),
    heal: ({ redis }) => redis.restart(),
  },
  {
    name: "standing still for 30 s",
    reason: /Redis at .*no answer within 5000 ms/,
    lastsMs: 30_000,
    strike: async ({ redis }) => redis.sigstop(),
    heal: async ({ redis }) => redis.sigcont(),
  },
  {
    name: "flushed",
    reason: /./,
    lastsMs: 0,
    empties: true,
    strike: ({ redis }) => redis.cli("FLUSHALL"),
    heal: async () => undefined,
  },
  {
    name: "a read-only replica for 5 s",
    reason: /read-only replica/,
    lastsMs: 5_000,
    strike: ({ redis }) => redis.cli("REPLICAOF", "127.0.0.1", "1"),
    heal: ({ redis }) => redis.cli("REPLICAOF", "NO", "ONE"),
  },
  {
    name: "out of memory for 5 s",
    reason: /memory is full/,
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

/** What a load balancer and its operator are told by each. */
async function readiness({ hubs }: Fleet): Promise<{ status: number; reason: string | null }[]> {
  return Promise.all(
    hubs.map(async ({ url }) => {
      const reply = await fetch(`${url}/ready`);
      const { reason } = (await reply.json()) as { reason: string | null };
      return { status: reply.status, reason };
    }),
  );
}

/** What every viewer was told of its hub, in order. */
function hearOfHubs(parties: readonly Party[]): string[][] {
  return parties.flatMap(({ viewers }) =>
    viewers.map(({ viewer }) => {
      const heard: string[] = [];
      viewer.socket.on("hub_status", ({ state }) => heard.push(state));
      return heard;
    }),
  );
}

test.each(FAULTS)(
  "[I1] three hubs whose Redis is $name stay up, say so, and heal by themselves",
  async (fault) => {
    const fleet = await startFleet(3);
    const parties: Party[] = [];
    for (const { url } of fleet.hubs) parties.push(...(await openLaboratories(url, LABORATORIES / 3, url)));
    const [first] = fleet.hubs;
    const { page } = await openWindow();
    // In the line that is seen, and in the words for those who hear it.
    const onHold = page.getByTestId("state-line").getByText("hub on hold since");
    await page.goto(`${first?.url}/#${parties[0]?.agent.userId}`);
    const load = measure(parties, PERIOD_MS);
    await Promise.all(parties.map((party) => party.showsMore(2)));
    const heard = hearOfHubs(parties);
    await fault.strike(fleet);
    if (!fault.empties) {
      await expect.poll(() => states(fleet), { timeout: 15_000 }).toEqual(Array(3).fill("degraded"));
      const said = { status: 503, reason: expect.stringMatching(fault.reason) };
      // At first one may only have noticed that its connection went.
      await expect.poll(() => readiness(fleet), { timeout: 5_000 }).toEqual(Array(3).fill(said));
      // [I6] And so does the screen, in words for those who watch.
      await onHold.first().waitFor();
    }
    await pause(fault.lastsMs);
    await fault.heal(fleet);
    await expect.poll(() => states(fleet), { timeout: 20_000 }).toEqual(Array(3).fill("ok"));
    await expect.poll(() => onHold.count(), { timeout: 10_000 }).toBe(0);
    await pause(2_000);
    await load.stop();
    await Promise.all(parties.map((party) => party.converged(60_000)));
    await expect.poll(async () => (await whereAgentsAre(fleet)).size, { timeout: 20_000 }).toBe(LABORATORIES);
    if (!fault.empties) for (const words of heard) expect(words).toEqual(["degraded", "ok"]);
    expect(await readiness(fleet)).toEqual(Array(3).fill({ status: 200, reason: null }));
    const verdict = await judge(fleet, parties, { epochMayChange: fault.empties === true });
    process.stdout.write(
      `${fault.name}: ${verdict.written} files, ${verdict.lost} lost, ${verdict.duplicated} doubled, ` +
        `longest staleness ${Math.round(verdict.stalenessMs)} ms\n`,
    );
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, violations: [] });
  },
);
