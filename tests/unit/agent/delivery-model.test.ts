import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Delivery, type DeliveryAction } from "../../../agent/delivery.ts";
import type { FinishedFile } from "../../../agent/tracked-file.ts";
import type { StreamReply } from "../../../shared/protocol/agent-events.ts";

/*
 * Any order of writes, sends, lost replies, broken connections, hub restarts, refusals and late replies: when the
 * faults end, the hub's log holds every content of every name exactly once a run, and the last one is the file.
 */

const SESSION = "session-00001";
const NAMES = ["a.txt", "b.txt", "c.txt", "d.txt"];
const PART = 40;
/** Small, so that a file often waits half sent. */
const CREDIT = { files: 3, bytes: 80 };

interface LogEntry {
  readonly name: string;
  readonly sha256: string;
}

/** A hub with a durable log and unfinished uploads that die with it; the contract in a few lines. */
class ModelHub {
  readonly log: LogEntry[] = [];
  #uploads = new Map<string, { sha256: string; have: number }>();

  restart(): void {
    this.#uploads = new Map();
  }

  offer(files: readonly FinishedFile[]) {
    return files
      .filter(({ name, sha256 }) => this.latest(name) !== sha256)
      .map(({ name, sha256 }) => {
        const upload = this.#uploads.get(name);
        return { name, from: upload?.sha256 === sha256 ? upload.have : 0 };
      });
  }

  take({ file, from, length }: Extract<DeliveryAction, { do: "send" }>): StreamReply {
    const known = this.#uploads.get(file.name);
    const upload = known?.sha256 === file.sha256 ? known : { sha256: file.sha256, have: 0 };
    this.#uploads.set(file.name, upload);
    if (from !== upload.have) return { outcome: "partial", from: upload.have, credit: CREDIT };
    upload.have += length;
    if (upload.have < file.size) return { outcome: "partial", from: upload.have, credit: CREDIT };
    this.#uploads.delete(file.name);
    const position = { epoch: "e", offset: this.log.length, revision: 1, credit: CREDIT };
    if (this.latest(file.name) === file.sha256) return { outcome: "duplicate", ...position };
    this.log.push({ name: file.name, sha256: file.sha256 });
    return { outcome: "stored", ...position };
  }

  latest(name: string): string | undefined {
    return this.log.findLast((entry) => entry.name === name)?.sha256;
  }
}

/** Agent and hub with a wire between them that a test may cut, delay and lose. */
class World {
  readonly hub = new ModelHub();
  readonly delivery = new Delivery();
  readonly folder = new Map<string, FinishedFile>();
  readonly finished = new Map<string, string[]>();
  #toHub: DeliveryAction[] = [];
  #toAgent: (() => void)[] = [];
  #online = false;
  #nowMs = 0;

  connect(): void {
    if (this.#online) return;
    this.#online = true;
    this.delivery.connected();
    this.delivery.credit(CREDIT);
    this.delivery.setSession(SESSION, () => true, this.folder.values(), this.#nowMs);
  }

  /** Everything on the wire is lost; the hub may have taken it or not. */
  disconnect(): void {
    this.#online = false;
    this.#toHub = [];
    this.#toAgent = [];
    this.delivery.disconnected();
  }

  write(name: string, content: number): void {
    const sha256 = content.toString(16).padStart(64, "0");
    if (this.folder.get(name)?.sha256 === sha256) return;
    const file = { name, size: 30 + content * 25, mtime_ms: this.#nowMs, sha256 };
    this.folder.set(name, file);
    this.finished.set(name, [...(this.finished.get(name) ?? []), sha256]);
    this.delivery.finished(file, true, this.#nowMs);
  }

  /** The agent does all that is due. */
  act(): void {
    for (let action = this.#next(); action !== null; action = this.#next()) this.#do(action);
    this.check();
  }

  #next(): DeliveryAction | null {
    return this.delivery.next(this.#nowMs, PART);
  }

  #do(action: DeliveryAction): void {
    if (action.do === "reread") {
      const file = this.folder.get(action.name);
      if (file !== undefined) this.delivery.finished({ ...file }, true, this.#nowMs);
    } else if (action.do === "send" && this.folder.get(action.file.name)?.sha256 !== action.file.sha256) {
      this.delivery.partUnreadable(action.token, this.#nowMs);
    } else this.#toHub.push(action);
  }

  /** The hub takes the oldest message; its reply travels back. */
  hubTakes(how: "serves" | "refuses" | "mismatch"): void {
    const action = this.#toHub.shift();
    if (action === undefined || action.do === "reread") return;
    const { token } = action;
    const refused = {
      code: how === "mismatch" ? "hash_mismatch" : "store_unavailable",
      retryable: true,
      message: "",
    } as const;
    if (action.do === "offer") {
      const wanted = how === "serves" ? this.hub.offer(action.files) : null;
      this.#toAgent.push(() =>
        wanted === null
          ? this.delivery.offerFailed(token, { ...refused, code: "store_unavailable" }, this.#nowMs)
          : this.delivery.offerAnswered(token, wanted, this.#nowMs),
      );
      return;
    }
    const reply = how === "serves" ? this.hub.take(action) : null;
    this.#toAgent.push(() =>
      reply === null
        ? this.delivery.partFailed(token, refused, this.#nowMs)
        : this.delivery.partAnswered(token, reply, this.#nowMs),
    );
  }

  /** Replies may overtake each other: the hub answers when a commit is done. */
  agentHears(index: number): void {
    const [hear] = this.#toAgent.splice(index % Math.max(1, this.#toAgent.length), 1);
    hear?.();
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** No more faults: everything comes to rest. */
  settle(): void {
    this.connect();
    for (let round = 0; round < 500; round++) {
      this.act();
      if (this.#toHub.length > 0) this.hubTakes("serves");
      else if (this.#toAgent.length > 0) this.agentHears(0);
      else if (Number.isFinite(this.delivery.wakeAtMs(this.#nowMs)))
        this.#nowMs = Math.max(this.#nowMs, this.delivery.wakeAtMs(this.#nowMs));
      else return;
    }
    throw new Error("It never comes to rest.");
  }

  /** [D2] and [D7], at every moment. */
  check(): void {
    const session = this.delivery.sessions.get(SESSION);
    for (const name of this.folder.keys())
      if (session !== undefined) expect(session.debts.get(name)?.state.is).toBeDefined();
    const flying = this.#toHub.filter((action) => action.do === "send");
    expect(flying.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(CREDIT.bytes);
    expect(new Set(flying.map(({ file: { name } }) => name)).size).toBeLessThanOrEqual(CREDIT.files);
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      name: fc.constantFrom(...NAMES),
      content: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("hub" as const),
      how: fc.constantFrom("serves" as const, "serves" as const, "refuses" as const, "mismatch" as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("hear" as const), index: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("connect" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("name-again" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function perform(world: World, one: Step): void {
  if (one.do === "write") world.write(one.name, one.content);
  else if (one.do === "hub") world.hubTakes(one.how);
  else if (one.do === "hear") world.agentHears(one.index);
  else if (one.do === "cut") world.disconnect();
  else if (one.do === "connect") world.connect();
  else if (one.do === "pass") world.pass(one.ms);
  else if (one.do === "name-again") world.delivery.setSession(SESSION, () => true, world.folder.values(), 0);
  else {
    world.disconnect();
    world.hub.restart();
  }
  world.act();
}

describe("Delivery against a model of the hub", { timeout: 30_000 }, () => {
  it("[I1] every name ends with its final content, and no content twice in a row", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const world = new World();
        world.connect();
        for (const one of steps) perform(world, one);
        world.settle();
        for (const [name, contents] of world.finished) {
          const logged = world.hub.log.filter((entry) => entry.name === name).map(({ sha256 }) => sha256);
          expect(logged.at(-1)).toBe(contents.at(-1));
          expect(logged.filter((sha256, index) => sha256 === logged[index - 1])).toEqual([]);
          expect(isSubsequence(logged, contents)).toBe(true);
        }
        const debts = world.delivery.sessions.get(SESSION)?.debts;
        for (const name of world.folder.keys()) expect(debts?.get(name)?.state.is).toBe("stored");
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The log never invents a content and never turns the order round. */
function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (at < part.length && item === part[at]) at += 1;
  return at === part.length;
}
