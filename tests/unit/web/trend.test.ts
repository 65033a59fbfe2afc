import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shownMs } from "../../../shared/trends/scan-clock.ts";
import { SessionLog } from "../../../web/log/session-log.ts";
import { type TraceKey, traceKey } from "../../../web/log/trace.ts";
import { Trend, type TrendOrder } from "../../../web/log/trend.ts";
import { type ModelFile, ModelLog } from "./hub-model.ts";

const FIRST = traceKey({ electrode: 1, frequencyHz: null });

function trendOf(files: ModelFile[], order: TrendOrder = "file-number"): Trend {
  const model = new ModelLog();
  model.files = files;
  const log = new SessionLog();
  log.apply(model.part(0));
  const trend = new Trend(log, order);
  trend.update();
  return trend;
}

function points(trend: Trend, key: TraceKey = FIRST): [number, number][] {
  const line = trend.lines.get(key);
  return Array.from({ length: line?.xs.length ?? 0 }, (_, i) => [
    line?.xs.at(i) ?? 0,
    line?.heightsA.at(i) ?? 0,
  ]);
}

describe("a trend", () => {
  test("runs along file numbers, whatever order the files came in", () => {
    const trend = trendOf([
      { name: "3.txt", fileNumber: 3, heightsA: [30] },
      { name: "1.txt", fileNumber: 1, heightsA: [10] },
      { name: "2.txt", fileNumber: 2, heightsA: [20] },
    ]);
    expect(points(trend)).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  });

  test("a scan without a peak is a gap, never zero", () => {
    const trend = trendOf([
      { name: "1.txt", fileNumber: 1, heightsA: [10] },
      { name: "2.txt", fileNumber: 2, heightsA: [Number.NaN] },
    ]);
    expect(points(trend)).toEqual([
      [1, 10],
      [2, Number.NaN],
    ]);
    expect(trend.lines.get(FIRST)?.peaks).toBe(1);
  });

  test("a newer revision stands for its file, the older one is gone from line and scans", () => {
    const trend = trendOf([
      { name: "1.txt", fileNumber: 1, heightsA: [10] },
      { name: "2.txt", fileNumber: 2, heightsA: [20] },
      { name: "1.txt", fileNumber: 1, heightsA: [11] },
    ]);
    expect(points(trend)).toEqual([
      [1, 11],
      [2, 20],
    ]);
    expect([...trend.offsets.view()]).toEqual([2, 1]);
  });

  test("a newer revision that failed leaves nothing on the line and its mark among the scans", () => {
    const trend = trendOf([
      { name: "1.txt", fileNumber: 1, heightsA: [10] },
      { name: "1.txt", fileNumber: 1, heightsA: [], status: "failed" },
    ]);
    expect(points(trend)).toEqual([]);
    expect([...trend.offsets.view()]).toEqual([1]);
  });

  test("a file without a number stands where it arrived", () => {
    const trend = trendOf([{ name: "a.txt" }, { name: "b.txt" }]);
    expect([...trend.xs.view()]).toEqual([1, 2]);
  });

  test("time is the instrument's where it is plausible, for all files of the session", () => {
    const started = Date.UTC(2026, 10, 22, 14, 0, 0);
    const modified = started - 3_600_000;
    const trend = trendOf(
      [
        { name: "1.txt", mtimeMs: modified, startedAtMs: started },
        { name: "2.txt", mtimeMs: modified + 2000 },
      ],
      "time",
    );
    expect([trend.clock.pace, trend.clock.shown]).toEqual(["instrument", "as-written"]);
    expect([...trend.xs.view()]).toEqual([started, started + 2000]);
  });

  test("a clock that is years off gives the distances, and the PC's gives the time of day", () => {
    const modified = Date.UTC(2026, 10, 22);
    const started = Date.UTC(2004, 0, 1);
    const files = [0, 8_000, 16_000].map((ms, i) => ({
      name: `${i}.txt`,
      mtimeMs: modified + ms,
      startedAtMs: started + ms,
    }));
    const trend = trendOf(files, "time");
    expect([trend.clock.pace, trend.clock.shown]).toEqual(["instrument", "local"]);
    expect([...trend.xs.view()].map((ms) => ms - trend.xs.at(0))).toEqual([0, 8_000, 16_000]);
    expect([...trend.xs.view()].map((ms) => shownMs(trend.clock, ms))).toEqual(
      files.map(({ mtimeMs }) => mtimeMs),
    );
  });

  const file: fc.Arbitrary<ModelFile> = fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    fileNumber: fc.integer({ min: 1, max: 5 }),
    mtimeMs: fc.integer({ min: 0, max: 9 }),
    startedAtMs: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 9 })),
    status: fc.constantFrom("analysed" as const, "failed" as const),
    heightsA: fc.array(fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 1, max: 99 })), { maxLength: 2 }),
  });

  test.each(["file-number", "time"] as const)(
    "grown piece by piece it is the trend made at once (%s)",
    { timeout: 60_000 },
    (order) => {
      fc.assert(
        fc.property(
          fc.array(file, { maxLength: 25, size: "max" }),
          fc.array(fc.nat({ max: 4 }), { size: "max", maxLength: 12 }),
          (files, cuts) => {
            const model = new ModelLog();
            model.files = files;
            const log = new SessionLog();
            const grown = new Trend(log, order);
            for (const count of cuts) {
              log.apply(model.part(log.next, Math.min(model.head, log.next + count)));
              grown.update();
            }
            log.apply(model.part(log.next));
            grown.update();
            const atOnce = new Trend(log, order);
            atOnce.update();
            expect([...grown.offsets.view()]).toEqual([...atOnce.offsets.view()]);
            for (const key of log.traces.keys()) expect(points(grown, key)).toEqual(points(atOnce, key));
            for (const xs of [grown.xs, ...[...grown.lines.values()].map((line) => line.xs)]) {
              expect([...xs.view()]).toEqual([...xs.view()].sort((a, b) => a - b));
            }
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  test("after the log was cleared it begins anew", () => {
    const model = new ModelLog();
    model.files = [{ name: "1.txt", fileNumber: 1, heightsA: [10] }];
    const log = new SessionLog();
    log.apply(model.part(0));
    const trend = new Trend(log, "file-number");
    trend.update();
    log.clear();
    trend.update();
    expect([trend.xs.length, trend.lines.size]).toEqual([0, 0]);
  });

  test("20,000 files of two electrodes, live one by one, cost microseconds each", { timeout: 60_000 }, () => {
    const model = new ModelLog();
    model.files = [{ name: "0.txt", fileNumber: 0, heightsA: [1, 2] }];
    const log = new SessionLog();
    const trend = new Trend(log, "file-number");
    const template = model.part(0);
    const from = performance.now();
    for (let offset = 0; offset < 20_000; offset++) {
      const at = { since: offset, next: offset + 1, head: offset + 1, names: [`${offset}.txt`] };
      const entries = template.entries.map((entry) => ({ ...entry, offset, file_number: offset }));
      const results = template.results.map((result) => ({ ...result, offset }));
      log.apply({ ...template, ...at, entries, results });
      trend.update();
    }
    expect(trend.lines.get(FIRST)?.peaks).toBe(20_000);
    // A trend that was rebuilt for every file would take minutes; this bound only tells the two apart.
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
