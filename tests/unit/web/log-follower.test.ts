import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LogFollower, type LogPosition, type PageOutcome } from "../../../web/log/log-follower.ts";
import type { ReadPart } from "../../../web/log/log-part.ts";
import type { SessionLog } from "../../../web/log/session-log.ts";
import { type ModelFile, ModelLog } from "./hub-model.ts";

/** A hub, a viewer's follower, and a network between them in which everything waits until a test moves it. */
class Scene {
  readonly hub = new ModelLog();
  readonly pushes: ReadPart[] = [];
  readonly asked: { readonly position: LogPosition; readonly answer: (outcome: PageOutcome) => void }[] = [];
  readonly pauses: (() => void)[] = [];
  readonly follower = new LogFollower({
    readPage: (position) => new Promise((answer) => this.asked.push({ position, answer })),
    pause: () => new Promise((resolve) => this.pauses.push(resolve)),
    changed: () => {},
  });
  requests = 0;
  /** Every file has numbers of its own, so that entries of another epoch are told apart. */
  private made = 0;

  append(count: number): void {
    for (let i = 0; i < count; i++) {
      const serial = this.made++;
      const file: ModelFile = { name: `swv_${serial % 11}.txt`, heightsA: [serial, serial + 0.5] };
      this.hub.files.push(file);
    }
  }

  /** The hub answers one question; `outcome` stands for what the network makes of it. */
  async answer(outcome?: PageOutcome): Promise<void> {
    const asked = this.asked.shift();
    if (asked === undefined) return;
    this.requests += 1;
    asked.answer(outcome ?? this.hub.page(asked.position));
    await settled();
  }

  async converge(): Promise<void> {
    this.follower.resume();
    this.follower.notice(this.hub);
    for (let turn = 0; turn < 1000; turn++) {
      await settled();
      for (const resume of this.pauses.splice(0)) resume();
      await settled();
      if (this.asked.length === 0) return;
      await this.answer();
    }
    throw new Error("The follower asks for ever.");
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function contents(log: SessionLog) {
  const traces = [...log.traces.values()].map((trace) => [
    trace.key,
    [...trace.column("offset").view()],
    [...trace.column("peak_height_a").view()],
  ]);
  return { names: [...log.names], offsets: [...log.entryColumn("offset").view()], traces };
}

/** What a viewer holds that read the whole log once, undisturbed. */
async function readInOneGo(hub: ModelLog) {
  const scene = new Scene();
  Object.assign(scene.hub, { epoch: hub.epoch, version: hub.version, files: hub.files });
  await scene.converge();
  return contents(scene.follower.log);
}

type Step = (scene: Scene) => void | Promise<void>;

const index = fc.nat({ max: 20 });
const everyday: fc.Arbitrary<Step> = fc.oneof(
  fc.nat({ max: 5 }).map(
    (count): Step =>
      (scene) =>
        scene.append(count),
  ),
  fc.tuple(index, index).map(
    ([a, b]): Step =>
      ({ hub, pushes }) => {
        const [one, other] = [a % (hub.head + 1), b % (hub.head + 1)];
        pushes.push(hub.part(Math.min(one, other), Math.max(one, other)));
      },
  ),
  index.map(
    (at): Step =>
      ({ hub, pushes }) =>
        void pushes.push(hub.part(Math.max(0, hub.head - (at % 3)))),
  ),
  index.map(
    (at): Step =>
      ({ pushes, follower }) => {
        const [part] = pushes.splice(at % (pushes.length || 1), 1);
        if (part !== undefined) follower.push(part);
      },
  ),
  index.map(
    (at): Step =>
      ({ pushes }) =>
        void pushes.splice(at % (pushes.length || 1), 1),
  ),
  index.map(
    (at): Step =>
      ({ pushes }) => {
        const part = pushes[at % (pushes.length || 1)];
        if (part !== undefined) pushes.push(part);
      },
  ),
  fc.constant<Step>(({ hub, follower }) => follower.notice(hub)),
  fc.constant<Step>((scene) => scene.answer()),
  fc.constant<Step>((scene) => scene.answer({ kind: "disconnected" })),
  fc.constant<Step>((scene) =>
    scene.answer({ kind: "failed", message: "The hub is busy.", retryable: true }),
  ),
  fc.constant<Step>(({ follower }) => follower.resume()),
);

/** The hub loses data, or a new version of the results becomes current. */
const upheaval: fc.Arbitrary<Step> = fc.oneof(
  fc.nat({ max: 4 }).map(
    (kept): Step =>
      ({ hub }) => {
        hub.epoch = `epoch-${Number(hub.epoch.split("-")[1]) + 1}`;
        hub.files = hub.files.slice(0, kept);
      },
  ),
  fc.constant<Step>(({ hub }) => {
    hub.version += 1;
  }),
);

const steps = fc.oneof({ weight: 20, arbitrary: everyday }, { weight: 1, arbitrary: upheaval });

describe("following a log", () => {
  test("any interleaving of pages, pushes, losses, repeats and reconnects ends equal to the log", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 60, size: "max" }), async (script) => {
        const scene = new Scene();
        for (const step of script) await step(scene);
        await scene.converge();
        expect(contents(scene.follower.log)).toEqual(await readInOneGo(scene.hub));
        expect(scene.follower.state).toEqual({ kind: "up-to-date" });
      }),
      { numRuns: 300 },
    );
  });

  test("a push that leaves a gap is fetched at once, not with the next reminder", async () => {
    const scene = new Scene();
    scene.append(3);
    await scene.converge();
    scene.append(4);
    scene.follower.push(scene.hub.part(6));
    expect(scene.asked.map(({ position }) => position.since)).toEqual([3]);
  });

  test("a head beyond what is here is fetched, an equal one costs nothing", async () => {
    const scene = new Scene();
    scene.append(3);
    await scene.converge();
    scene.follower.notice(scene.hub);
    expect(scene.asked).toHaveLength(0);
    scene.append(1);
    scene.follower.notice(scene.hub);
    expect(scene.asked).toHaveLength(1);
  });

  test("a log of 3 pages is read with 3 questions, one at a time", async () => {
    const scene = new Scene();
    scene.append(20);
    await scene.converge();
    expect(scene.requests).toBe(3);
    expect(scene.follower.log.next).toBe(20);
  });

  test("after a changed epoch the old entries are gone and the log is read from its beginning", async () => {
    const scene = new Scene();
    scene.append(10);
    await scene.converge();
    scene.hub.epoch = "epoch-2";
    scene.hub.files = scene.hub.files.slice(0, 2);
    scene.follower.notice(scene.hub);
    await scene.answer();
    expect(scene.follower.log.next).toBe(0);
    expect(scene.asked[0]?.position).toEqual({ epoch: null, version: null, since: 0 });
    await scene.converge();
    expect(scene.follower.log.names).toHaveLength(2);
  });

  test("other parameters: the old numbers stay until all new ones are here, then change at once", async () => {
    const scene = new Scene();
    scene.append(10);
    await scene.converge();
    const { log } = scene.follower;
    const heights = () => [...([...log.traces.values()][0]?.column("peak_height_a").view() ?? [])];
    const old = heights();
    scene.hub.version = 2;
    scene.follower.notice(scene.hub);
    expect(scene.asked[0]?.position).toEqual({ epoch: "epoch-1", version: 2, since: 0 });
    await scene.answer();
    expect([log.version, heights()]).toEqual([1, old]);
    const before = log.generation;
    await scene.answer();
    expect([log.version, heights()]).toEqual([2, old.map((height) => 2 * height)]);
    expect(log.generation).toBeGreaterThan(before);
    await scene.converge();
    expect(contents(log)).toEqual(await readInOneGo(scene.hub));
  });

  test("a late push of the lost epoch does not mix into the new one", async () => {
    const scene = new Scene();
    scene.append(4);
    const late = scene.hub.part(2, 4);
    scene.hub.epoch = "epoch-2";
    scene.hub.files = scene.hub.files.slice(0, 2);
    await scene.converge();
    scene.follower.push(late);
    await scene.converge();
    expect(contents(scene.follower.log)).toEqual(await readInOneGo(scene.hub));
  });

  test("a session that is gone is told, not asked for again", async () => {
    const scene = new Scene();
    scene.follower.resume();
    await scene.answer({ kind: "failed", message: "There is no such session.", retryable: false });
    expect(scene.follower.state).toEqual({ kind: "gone", message: "There is no such session." });
    expect([scene.asked.length, scene.pauses.length]).toEqual([0, 0]);
  });

  test("a page that brings nothing although there is more is not asked for in a storm", async () => {
    const scene = new Scene();
    scene.append(3);
    scene.follower.resume();
    await scene.answer({ kind: "page", part: { ...scene.hub.part(0, 0), head: 3 } });
    expect([scene.asked.length, scene.pauses.length]).toEqual([0, 1]);
    await scene.converge();
    expect(scene.follower.log.next).toBe(3);
  });
});
