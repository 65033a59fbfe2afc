import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AgentCatchUp } from "../../../server/tasks/agent-catch-up.ts";
import { shareOf } from "../../../server/tasks/catch-up-credit.ts";
import { catchUpEtas } from "../../../server/tasks/catch-up-estimate.ts";
import { Flow } from "../../../server/tasks/flow.ts";
import { join, NO_TURNS, serve, type Turns } from "../../../server/tasks/turns.ts";

interface Party {
  readonly files: readonly number[];
  readonly weight: number;
  /** Files come no faster than this, whatever the hub could do. */
  readonly linkMs: number;
}

interface Heard {
  readonly party: number;
  readonly session: number;
  readonly at: number;
  readonly eta_ms: number | null;
  readonly share: number;
}

/** One file on its way: it is with the hub at `at`, and `gone` says when it went. */
interface OnItsWay {
  readonly at: number;
  readonly session: number;
  gone: (now: number) => void;
}

/** An agent whose link takes one file after the other, as many of them under way as its window holds. */
class Sender {
  readonly catchUp = new AgentCatchUp();
  readonly party: Party;
  readonly here: OnItsWay[] = [];
  readonly #unsent: { readonly session: number; left: number }[];
  readonly #onTheLink: OnItsWay[] = [];
  #linkFreeAt = 0;

  constructor(party: Party) {
    this.party = party;
    this.#unsent = party.files.map((left, session) => ({ session, left }));
    for (const { session, left } of this.#unsent) {
      const names = Array.from({ length: left }, (_, n) => `${n}`);
      this.catchUp.wanted(`${session}`, names, { now: 0, newId: () => "task" });
    }
  }

  /** Sends what the window allows, its sessions in turns. @returns when the next file is with the hub */
  send(now: number, window: number): number {
    while (this.#onTheLink.length + this.here.length < window) {
      const next = this.#unsent.shift();
      if (next === undefined) break;
      this.#linkFreeAt = Math.max(now, this.#linkFreeAt) + this.party.linkMs;
      this.#onTheLink.push({ at: this.#linkFreeAt, session: next.session, gone: () => {} });
      next.left -= 1;
      if (next.left > 0) this.#unsent.push(next);
    }
    return this.#onTheLink[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** The next file that is with the hub by now. */
  arrived(now: number): OnItsWay | null {
    const [file] = this.#onTheLink;
    if (file === undefined || file.at > now) return null;
    this.#onTheLink.shift();
    this.here.push(file);
    file.gone = this.catchUp.come(file.at);
    return file;
  }
}

/** A hub under a fake clock: one file after the other in turns, each in `serviceMs`; once a second estimates are said. */
function catchUp(parties: readonly Party[], serviceMs: (now: number) => number) {
  let now = 0;
  let turns: Turns = NO_TURNS;
  let since = 0;
  let nextWord = 0;
  const hub = new Flow(0);
  const senders = parties.map((party) => new Sender(party));
  const heard: Heard[] = [];
  const ends = new Map<string, number>();
  const say = () => {
    const etas = catchUpEtas(
      senders.map(({ catchUp, party: { weight } }) => catchUp.ahead(weight, now)),
      hub.perFile(now)?.busyMs ?? null,
    );
    for (const [party, { catchUp }] of senders.entries())
      for (const [session, { done, total, open }] of [...catchUp.sessions.values()].entries())
        if (open)
          heard.push({
            party,
            session,
            at: now,
            eta_ms: etas[party]?.[session] ?? null,
            share: done / total,
          });
  };
  for (;;) {
    const active = senders.filter(({ catchUp }) => catchUp.active);
    if (active.length === 0) break;
    const weights = active.map(({ party }) => party.weight);
    const next = active.map((sender) => sender.send(now, shareOf(sender.party.weight, weights).files - 1));
    for (const [party, sender] of senders.entries())
      for (let file = sender.arrived(now); file !== null; file = sender.arrived(now)) {
        hub.come(file.at);
        turns = join(turns, `${party}`, sender.party.weight, since++);
      }
    const step = serve(turns);
    if (step === null) now = Math.min(...next);
    else {
      turns = step.turns;
      now += serviceMs(now);
      const sender = senders[Number(step.user)];
      const file = sender?.here.shift();
      if (sender === undefined || file === undefined) throw new Error("Served nobody.");
      const { session } = file;
      const known = sender.catchUp.sessions.get(`${session}`);
      sender.catchUp.through(`${session}`, `${known?.done}`);
      file.gone(now);
      hub.go(now);
      if (!known?.open) ends.set(`${step.user} ${session}`, now);
    }
    for (; nextWord <= now; nextWord += 1_000) say();
  }
  return heard.map((one) => ({ ...one, tookMs: (ends.get(`${one.party} ${one.session}`) ?? 0) - one.at }));
}

/** How far they are off, as a share of what was left, where between a tenth and nine tenths are done. */
function errorsOf(heard: ReturnType<typeof catchUp>): number[] {
  return heard
    .filter(({ share }) => share >= 0.1 && share <= 0.9)
    .map(({ eta_ms, tookMs }) => (eta_ms === null ? 1 : Math.abs(eta_ms - tookMs) / tookMs));
}

const quick: fc.Arbitrary<Party> = fc.record({
  files: fc.array(fc.integer({ min: 100, max: 400 }), { minLength: 1, maxLength: 2 }),
  weight: fc.constantFrom(1, 1, 1, 2, 4),
  linkMs: fc.constantFrom(0, 2, 5),
});

describe("when a catch-up ends", { timeout: 60_000 }, () => {
  test("is foretold nine times of ten within a fifth, and never half off, from its first tenth on, however many share the hub and whoever ends before", () => {
    fc.assert(
      fc.property(
        fc.array(quick, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 8, max: 25 }),
        (all, ms) => {
          const errors = errorsOf(catchUp(all, () => ms));
          for (const error of errors) expect(error).toBeLessThan(0.5);
          expect(errors.filter((error) => error >= 0.2).length).toBeLessThanOrEqual(
            Math.ceil(errors.length / 10),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  test("is not foretold as if all went on as they do now: of 20, the longest ends soon after the others", () => {
    const all = Array.from({ length: 20 }, (_, n) => ({
      files: [n === 0 ? 2_000 : 400],
      weight: 1,
      linkMs: 0,
    }));
    const errors = errorsOf(catchUp(all, () => 10));
    expect(Math.max(...errors)).toBeLessThan(0.1);
    // At its present rate it would take 20 × as long as it does at the end: 400 s for its 2,000 files, instead of 96.
    const [first] = catchUp(all, () => 10).filter(({ party, share }) => party === 0 && share > 0.02);
    expect((first?.tookMs ?? 0) / 1_000).toBeCloseTo(
      first?.eta_ms === null ? 0 : (first?.eta_ms ?? 0) / 1_000,
      -1,
    );
  });

  test("one whose own link is slow keeps its rate when others end, and takes none of theirs", () => {
    const slow: Party = { files: [300], weight: 1, linkMs: 1_000 };
    const fast: Party = { files: [800], weight: 1, linkMs: 0 };
    const heard = catchUp([slow, fast, fast, fast], () => 10);
    expect(Math.max(...errorsOf(heard.filter(({ party }) => party === 0)))).toBeLessThan(0.15);
    expect(Math.max(...errorsOf(heard.filter(({ party }) => party > 0)))).toBeLessThan(0.15);
  });

  test("slow links alone do not get faster when one of them ends", () => {
    const slow = (files: number): Party => ({ files: [files], weight: 1, linkMs: 300 });
    expect(Math.max(...errorsOf(catchUp([slow(100), slow(300)], () => 10)))).toBeLessThan(0.15);
  });

  test("follows the hub when that becomes slower: half a minute later the estimate is right again", () => {
    const all = Array.from({ length: 5 }, () => ({ files: [3_000], weight: 1, linkMs: 0 }));
    const heard = catchUp(all, (now) => (now < 60_000 ? 10 : 20)).filter(({ at }) => at > 90_000);
    expect(Math.max(...errorsOf(heard))).toBeLessThan(0.1);
  });

  test("is not said before anything was measured", () => {
    const agent = { weight: 1, left: [100], absentMs: 0 };
    expect(catchUpEtas([agent, agent], null)).toEqual([[null], [null]]);
    const unknown = { ...agent, absentMs: null };
    // Who is new has turns, which the others do not have; when it ends, nobody knows yet.
    expect(catchUpEtas([agent, unknown], 10)).toEqual([[2_000], [null]]);
    const [first] = catchUp([{ files: [200], weight: 1, linkMs: 0 }], () => 10);
    expect(first).toMatchObject({ at: 10, eta_ms: null });
  });

  test("lies between the hub's whole time for its own files and for everybody's, and the last is through with all", () => {
    const ahead = fc.record({
      weight: fc.integer({ min: 1, max: 16 }),
      left: fc.array(fc.nat(5_000), { minLength: 1, maxLength: 3 }),
      absentMs: fc.constant(0),
    });
    fc.assert(
      fc.property(fc.array(ahead, { minLength: 1, maxLength: 30 }), (agents) => {
        const etas = catchUpEtas(agents, 5);
        const all = agents.flatMap(({ left }) => left).reduce((sum, files) => sum + files, 0);
        for (const [index, { left }] of agents.entries())
          for (const [session, files] of left.entries()) {
            const eta = etas[index]?.[session] ?? Number.NaN;
            expect(eta).toBeGreaterThanOrEqual(files * 5 - 1);
            expect(eta).toBeLessThanOrEqual(all * 5 + 1);
          }
        expect(Math.max(...etas.flat().map(Number))).toBeCloseTo(all * 5, -1);
      }),
    );
  });

  test("of agents that keep the hub waiting is that of each by itself, and never shorter than with the others gone", () => {
    const ahead = fc.record({
      weight: fc.integer({ min: 1, max: 16 }),
      left: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 3 }),
      absentMs: fc.constantFrom(0, 1, 50, 3_000),
    });
    fc.assert(
      fc.property(fc.array(ahead, { minLength: 1, maxLength: 30 }), (agents) => {
        for (const [index, agent] of agents.entries()) {
          const [alone] = catchUpEtas([agent], 5);
          const among = catchUpEtas(agents, 5)[index];
          const perFile = 5 + agent.absentMs;
          for (const [session, eta] of (alone ?? []).entries()) {
            expect(Number(among?.[session])).toBeGreaterThanOrEqual(Number(eta) - 1);
            expect(Number(eta)).toBeGreaterThanOrEqual((agent.left[session] ?? 0) * perFile - 1);
          }
        }
      }),
    );
  });
});
