import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENTRY_STATUS, EntryTable, RESULT_KINDS, ResultTable } from "../../../shared/protocol/log-tables.ts";
import type { Note } from "../../../shared/protocol/note.ts";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { GrowingTrends } from "../../../shared/trends/growing-trends.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";
import { type ModelFile, note } from "./model-log.ts";

/** A file of a log as it may come: revisions, holes, several scans, no clock, no number. */
interface LooseFile extends ModelFile {
  readonly scans: number;
  /** What the instrument's clock says. */
  readonly startedMinute?: number;
}

const height = fc.oneof(fc.constant(Number.NaN), fc.constant(0), fc.integer({ min: -20, max: 99 }));
const looseFile: fc.Arbitrary<LooseFile> = fc.record({
  name: fc.integer({ min: 1, max: 25 }).map((n) => `swv_${n}.txt`),
  number: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 1, max: 20 })),
  hz: fc.constantFrom(15, 200, Number.NaN),
  heights: fc.array(height, { maxLength: 3 }),
  minute: fc.integer({ min: 0, max: 40 }),
  failed: fc.boolean(),
  content: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 1, max: 12 })),
  scans: fc.integer({ min: 1, max: 2 }),
  startedMinute: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 1e6, max: 1e6 + 40 })),
});
/** As most logs come: one file after the other. */
const orderlyFiles = fc
  .array(fc.record({ heights: fc.array(height, { minLength: 1, maxLength: 3 }), pair: fc.boolean() }), {
    maxLength: 25,
  })
  .map((rounds) =>
    rounds.flatMap(({ heights, pair }, index): LooseFile[] =>
      (pair ? [15, 200] : [15]).map((hz) => ({
        name: `${hz}Hz_${index + 1}.txt`,
        number: index + 1,
        hz,
        heights,
        minute: index,
        failed: false,
        scans: 1,
      })),
    ),
  );
const files = fc.oneof(orderlyFiles, fc.array(looseFile, { maxLength: 30 }));

const params = fc
  .record({
    quantity: fc.constantFrom("height" as const, "charge" as const, "potential" as const),
    axis: fc.constantFrom("file-number" as const, "hours" as const),
    pairing: fc.constantFrom("number" as const, "rank" as const),
    seconds_per_file: fc.constantFrom(null, 30),
    kdm: fc.constantFrom("sacmes" as const, "difference-over-mean" as const),
    low: fc.constantFrom({ slope: 0, offset: 0 }, { slope: 0.25, offset: -0.1 }),
    reference: fc.oneof(
      fc.constant(null),
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 })).map(([from, more]) => ({
        from,
        to: from + more,
      })),
    ),
  })
  .map((some) => TrendParams.parse(some));

function add(log: CollectedLog, file: LooseFile): void {
  const offset = log.next;
  const status = ENTRY_STATUS[file.failed ? "failed" : "analysed"];
  const mtime_ms = 60_000 * (file.minute ?? 0);
  const { number: file_number, hz: frequency_hz, content = Number.NaN } = file;
  const started_at_ms = 60_000 * (file.startedMinute ?? Number.NaN);
  const entry = { offset, status, file_number, frequency_hz, mtime_ms, started_at_ms, content };
  const results = (file.failed ? [] : file.heights).flatMap((peak_height_a, index) =>
    Array.from({ length: file.scans }, (_, scan) => ({
      offset,
      scan,
      electrode: index + 1,
      frequency_hz: file.hz,
      kind: RESULT_KINDS.indexOf(Number.isNaN(peak_height_a) ? "no-maximum" : "peak"),
      peak_height_a: peak_height_a + scan,
      peak_potential_v: peak_height_a / 100,
    })),
  );
  log.add(
    [file.name],
    EntryTable.read(EntryTable.write([entry])),
    ResultTable.read(ResultTable.write(results)),
  );
}

/** Everything that can be asked of trends, as text: numbers to the last bit. */
function all(derived: DerivedTrends): string[] {
  const { keys, xs, current, timesMs } = derived.placed;
  const frequencies = [null, ...derived.frequencies];
  const series = derived.electrodes.flatMap((electrode) => [
    told(`ratio of ${electrode}`, derived.ratio(electrode)),
    told(`KDM of ${electrode}`, derived.kdm(electrode)),
    ...frequencies.flatMap((hz) => [
      told(`value of ${electrode} at ${hz}`, derived.value(electrode, hz)),
      told(`height of ${electrode} at ${hz}`, derived.heights(electrode, hz)),
      told(`corrected of ${electrode} at ${hz}`, derived.corrected(electrode, hz)),
    ]),
  ]);
  const bands = frequencies.flatMap((hz) => [
    told(`mean at ${hz}`, derived.band("value", hz)),
    told(`mean share at ${hz}`, derived.band("normalised", hz)),
  ]);
  const placed = told("placed", { keys, xs, current, timesMs });
  return [placed, JSON.stringify(derived.pair), ...series, ...bands, told("KDM", derived.band("kdm", null))];
}

function told(name: string, columns: object): string {
  const texts = Object.entries(columns).map(([column, values]) => `${column} ${values.join()}`);
  return `${name}: ${texts.join("; ")}`;
}

describe("trends that grow with a log", () => {
  test("are those from scratch, to the last bit, wherever the log is cut and whatever was looked at", () => {
    const step = fc.record({
      files: fc.integer({ min: 1, max: 6 }),
      looked: fc.constantFrom(0, 1, 2, 3, 4, 4),
    });
    fc.assert(
      fc.property(
        files,
        params,
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.nat(30),
        (log, settings, steps, out) => {
          const name = log[out]?.name ?? "";
          const notes: Note[] = [
            note({ kind: "exclude", at: { offset: out, name }, electrode: out % 2 === 0 ? null : 1 }),
          ];
          const collected = new CollectedLog();
          const growing = new GrowingTrends();
          let taken = 0;
          for (const { files: count, looked } of steps) {
            for (const file of log.slice(taken, taken + count)) add(collected, file);
            taken += count;
            const grown = growing.derive(collected, 0, notes, settings);
            // Not everything is asked for every time: what was left out catches up later.
            if (looked === 1) grown.kdm(1);
            if (looked === 2) grown.value(2, 15);
            if (looked === 3) grown.band("kdm", null);
            if (looked === 4) expect(all(grown)).toEqual(all(new DerivedTrends(collected, notes, settings)));
          }
          const grown = growing.derive(collected, 0, notes, settings);
          expect(all(grown)).toEqual(all(new DerivedTrends(collected, notes, settings)));
        },
      ),
      { numRuns: 120 },
    );
  }, 30_000);

  test("begin anew with other settings, another exclusion, or another generation of the log", () => {
    const log = new CollectedLog();
    const growing = new GrowingTrends();
    const file = (n: number): LooseFile => ({
      name: `${n}.txt`,
      number: n,
      hz: 15,
      heights: [n],
      minute: n,
      scans: 1,
    });
    for (const n of [1, 2, 3]) add(log, file(n));
    const first = TrendParams.parse({ axis: "file-number", reference: { from: 1, to: 1 } });
    expect([...growing.derive(log, 0, [], first).normalised(1, 15).values]).toEqual([1, 2, 3]);
    const second = { ...first, reference: { from: 2, to: 2 } };
    expect([...growing.derive(log, 0, [], second).normalised(1, 15).values]).toEqual([0.5, 1, 1.5]);
    const notes = [note({ kind: "exclude", at: { offset: 2, name: "3.txt" } })];
    expect([...growing.derive(log, 0, notes, second).normalised(1, 15).values]).toEqual([0.5, 1, Number.NaN]);
    const other = new CollectedLog();
    add(other, file(2));
    expect([...growing.derive(other, 0, [], second).normalised(1, 15).values]).toEqual([1]);
  });

  test("share anew as long as the reference itself grows", () => {
    const log = new CollectedLog();
    const growing = new GrowingTrends();
    const settings = TrendParams.parse({ axis: "file-number", reference: { from: 1, to: 2 } });
    const shares = [1, 3, 4].map((height, index) => {
      const n = index + 1;
      add(log, { name: `${n}.txt`, number: n, hz: 15, heights: [height], minute: n, scans: 1 });
      return [...growing.derive(log, 0, [], settings).normalised(1, 15).values];
    });
    expect(shares).toEqual([[1], [0.5, 1.5], [0.5, 1.5, 2]]);
  });

  test("ask only for what is new: a file more makes a row more, not ten thousand", () => {
    const log = new CollectedLog();
    for (let n = 1; n <= 50; n++) {
      for (const hz of [15, 200])
        add(log, { name: `${hz}_${n}.txt`, number: n, hz, heights: [n], minute: n, scans: 1 });
    }
    const settings = TrendParams.parse({ axis: "file-number", reference: { from: 1, to: 1 } });
    const growing = new GrowingTrends();
    const before = growing.derive(log, 0, [], settings).kdm(1);
    add(log, { name: "15_51.txt", number: 51, hz: 15, heights: [51], minute: 51, scans: 1 });
    const after = growing.derive(log, 0, [], settings).kdm(1);
    expect(after.values.length).toBe(51);
    // The same memory: what was there was not copied.
    expect(after.values.buffer).toBe(before.values.buffer);
  });
});
