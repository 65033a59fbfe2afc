import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FileFacts } from "../../../agent/folder-files.ts";
import type { Completeness } from "../../../agent/read-file.ts";
import { EXPORT_MS, PATIENCE_MS, QUIET_MS, quietNeededMs, TrackedFile } from "../../../agent/tracked-file.ts";
import { OpenMemory } from "./watched-folder.ts";

const YEAR_MS = 365 * 24 * 3_600_000;
/** The wall clock at the first look. */
const WALL_MS = Date.UTC(2026, 10, 21);

interface Announced {
  readonly atMs: number;
  readonly size: number;
}

/** A file on which time passes at once: it is looked at when it changes, and when it asked for it. */
class Watched {
  readonly announced: Announced[] = [];
  readonly #file: TrackedFile;
  readonly #says: Completeness;
  #facts: FileFacts;
  #nowMs = 0;
  #lookAtMs = Number.POSITIVE_INFINITY;

  constructor(says: Completeness, { ageMs = 0, fresh = false } = {}) {
    this.#says = says;
    this.#file = new TrackedFile("a.csv", fresh, new OpenMemory());
    this.#facts = factsOf(100, WALL_MS - ageMs);
    this.#file.glimpse(this.#facts, 0, WALL_MS);
    this.#look();
  }

  pass(ms: number): this {
    const endMs = this.#nowMs + ms;
    while (this.#lookAtMs <= endMs) {
      this.#nowMs = this.#lookAtMs;
      this.#look();
    }
    this.#nowMs = endMs;
    return this;
  }

  grow(bytes: number, mtime_ms = WALL_MS + this.#nowMs): this {
    this.#facts = factsOf(this.#facts.size + bytes, mtime_ms);
    this.#look();
    return this;
  }

  get sizes(): number[] {
    return this.announced.map(({ size }) => size);
  }

  #look(): void {
    const [nowMs, wallMs, facts] = [this.#nowMs, WALL_MS + this.#nowMs, this.#facts];
    const first = this.#file.notice(facts, nowMs, wallMs);
    const reading = { facts, sha256: `${facts.size}`, completeness: this.#says, bytes: null };
    const next = first.do === "read" ? this.#file.take(reading, nowMs, wallMs) : first;
    this.#lookAtMs = next.do === "look-again" ? nowMs + next.afterMs : Number.POSITIVE_INFINITY;
    const finished = this.#file.announce();
    if (finished !== null) this.announced.push({ atMs: nowMs, size: finished.size });
  }
}

function factsOf(size: number, mtime_ms: number): FileFacts {
  return {
    kind: "file",
    size,
    mtime_ms,
    ctime_ms: mtime_ms,
    fingerprint: `${size} ${mtime_ms}`,
    number: "1",
  };
}

describe("[F2] content that never tells its end", () => {
  it("is finished after a second without a change", () => {
    const file = new Watched("untold", { fresh: true }).pass(EXPORT_MS - 1);
    expect(file.announced).toEqual([]);
    expect(file.pass(1).announced).toEqual([{ atMs: EXPORT_MS, size: 100 }]);
  });

  it("[F4] [F6] that goes on growing becomes one revision, when three times its pause have passed", () => {
    const file = new Watched("untold", { fresh: true }).pass(2_000).grow(10);
    for (let row = 0; row < 5; row++) file.pass(2_000).grow(10);
    expect(file.sizes).toEqual([100]);
    expect(file.pass(5_999).sizes).toEqual([100]);
    expect(file.pass(1).sizes).toEqual([100, 160]);
  });
});

describe("[F2] a file that the folder held already", () => {
  it.each<Completeness>(["unproven", "untold", "unknown"])("of old is finished at once: %s", (says) => {
    expect(new Watched(says, { ageMs: YEAR_MS }).announced).toEqual([{ atMs: 0, size: 100 }]);
  });

  it("waits only for what is left of its time", () => {
    const file = new Watched("unproven", { ageMs: 4_000 }).pass(60_000);
    expect(file.announced).toEqual([{ atMs: PATIENCE_MS - 4_000, size: 100 }]);
  });

  it.each([
    ["unproven", PATIENCE_MS],
    ["untold", EXPORT_MS],
    ["unknown", QUIET_MS],
  ] as const)("of the future waits as a new one: %s", (says, atMs) => {
    expect(new Watched(says, { ageMs: -YEAR_MS }).pass(60_000).announced).toEqual([{ atMs, size: 100 }]);
  });

  it("of old that came while the agent watched waits as any other", () => {
    const file = new Watched("untold", { ageMs: YEAR_MS, fresh: true }).pass(60_000);
    expect(file.announced).toEqual([{ atMs: EXPORT_MS, size: 100 }]);
  });

  it("waits as any other once it has changed, whatever time it bears", () => {
    const file = new Watched("unproven", { ageMs: YEAR_MS }).pass(30_000).grow(1, WALL_MS - YEAR_MS);
    expect(file.pass(PATIENCE_MS - 1).sizes).toEqual([100]);
    expect(file.pass(1).sizes).toEqual([100, 101]);
  });

  it("[F6] taken too early, because the wall clock is ahead, becomes a revision", () => {
    const file = new Watched("untold", { ageMs: YEAR_MS }).pass(300).grow(50, WALL_MS - YEAR_MS + 300);
    expect(file.pass(60_000).sizes).toEqual([100, 150]);
  });
});

it("[F2] [F3] [F4] every content is taken when it was quiet long enough, never before, and the last one always", () => {
  const says = fc.constantFrom<Completeness>("complete", "unproven", "untold", "unknown");
  const ageMs = fc.oneof(fc.integer({ min: -YEAR_MS, max: YEAR_MS }), fc.integer({ min: -100, max: 15_000 }));
  // Longer pauses are no growing [F4].
  const step = fc.record({
    afterMs: fc.integer({ min: 1, max: 20_000 }),
    bytes: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(says, ageMs, fc.boolean(), fc.array(step, { maxLength: 12 }), (end, age, fresh, steps) => {
      const file = new Watched(end, { ageMs: age, fresh });
      const dueAtMs = new Map([[100, (fresh ? 0 : -Math.max(0, age)) + quietNeededMs(end, 0)]]);
      let [nowMs, size, longestPauseMs] = [0, 100, 0];
      for (const { afterMs, bytes } of steps) {
        file.pass(afterMs).grow(bytes);
        nowMs += afterMs;
        size += bytes;
        longestPauseMs = Math.max(longestPauseMs, afterMs);
        dueAtMs.set(size, nowMs + quietNeededMs(end, longestPauseMs));
      }
      file.pass(60_000);
      expect(file.sizes.at(-1)).toBe(size);
      for (const { atMs, size: taken } of file.announced)
        expect(atMs).toBe(Math.max(0, dueAtMs.get(taken) ?? Number.NaN));
    }),
  );
});
