import { describe, expect, test } from "vitest";
import { EntryTable, ResultTable } from "../../../shared/protocol/log-tables.ts";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";
import { plotLine } from "../../../web/trends/shown-line.ts";
import { listed } from "./model-log.ts";

type Scan = readonly [hz: number, ...heights: number[]];

/** Files as sessions of PSTrace are: each with several scans, of one frequency or of several. */
function derive(files: readonly (readonly Scan[])[], params: Partial<TrendParams> = {}): DerivedTrends {
  const log = new CollectedLog();
  files.forEach((scans, offset) => {
    const entry = { offset, status: 0, file_number: offset + 1, mtime_ms: offset * 60_000 };
    const rows = scans.flatMap(([frequency_hz, ...heights], scan) =>
      heights.map((peak_height_a, index) => {
        return { offset, scan, electrode: index + 1, frequency_hz, kind: 0, peak_height_a };
      }),
    );
    const entries = EntryTable.read(EntryTable.write([entry]));
    log.add([`run_${offset + 1}.pssession`], entries, ResultTable.read(ResultTable.write(rows)));
  });
  return new DerivedTrends(log, [], TrendParams.parse({ axis: "file-number", ...params }));
}

const THREE = [
  [
    [15, 4],
    [15, 2],
    [15, 1],
  ],
  [
    [15, 8],
    [15, 6],
    [15, 5],
  ],
] as const;

describe("several scans in one file", () => {
  test("are points of their own, in their order, between the file's number and the next", () => {
    const { keys, xs, values, offsets, scans } = derive(THREE).value(1, 15);
    expect([...values]).toEqual([4, 2, 1, 8, 6, 5]);
    expect([...xs]).toEqual([1, 1 + 1 / 3, 1 + 2 / 3, 2, 2 + 1 / 3, 2 + 2 / 3]);
    expect([...keys]).toEqual([...xs]);
    expect([...offsets]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...scans]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test("stand in order on every axis: by an interval evenly, on a clock within a millisecond", () => {
    const by = (params: Partial<TrendParams>) => [...derive(THREE, params).value(1, 15).xs];
    const evenly = by({ axis: "hours", seconds_per_file: 36 });
    expect(evenly).toEqual(
      [1, 1 + 1 / 3, 1 + 2 / 3, 2, 2 + 1 / 3, 2 + 2 / 3].map((n) => expect.closeTo(n / 100, 12)),
    );
    const clock = by({ axis: "hours", seconds_per_file: null });
    expect(clock).toEqual(clock.toSorted((a, b) => a - b));
    expect(new Set(clock).size).toBe(6);
    expect((clock[2] ?? 1) * 3_600_000).toBeLessThan(1);
  });

  test("are drawn where they are exported", () => {
    const series = derive(THREE).value(1, 15);
    expect([...plotLine(series, Float64Array.of(1, 2)).xs]).toEqual([...series.xs]);
  });

  test("a file as the reference is the mean of its scans", () => {
    const { values } = derive(THREE, { reference: { from: 1, to: 1 } }).normalised(1, 15);
    const mean = 7 / 3;
    expect([...values]).toEqual([4, 2, 1, 8, 6, 5].map((height) => expect.closeTo(height / mean, 12)));
  });

  test("of two frequencies pair the first with the first, the second with the second", () => {
    const alternating = [
      [
        [15, 2],
        [200, 3],
        [15, 4],
        [200, 8],
        [200, 9],
      ],
    ] as const;
    const trends = derive(alternating, { reference: { from: 1, to: 1 } });
    const [low, high] = [3, 20 / 3];
    expect(listed(trends.ratio(1).values)).toEqual([
      expect.closeTo(3 / high / (2 / low), 12),
      expect.closeTo(8 / high / (4 / low), 12),
      null,
    ]);
    expect([...trends.ratio(1).scans]).toEqual([1, 3, 4]);
  });

  test("the mean of electrodes is of the same scan, though one electrode lacks some", () => {
    const band = derive([
      [
        [15, 2, 4],
        [15, 6, 8],
        [15, 7],
      ],
    ]).band("value", 15);
    expect([...band.mean]).toEqual([3, 7, 7]);
    expect([...band.n]).toEqual([2, 2, 1]);
    expect([...band.scans]).toEqual([0, 1, 2]);
  });

  test("a file with one scan is where it was", () => {
    expect([...derive([[[15, 1]], [[15, 2]]]).value(1, 15).keys]).toEqual([1, 2]);
  });
});
