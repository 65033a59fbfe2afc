import { expect, test } from "vitest";
import { EntryTable, SweepResultTable } from "../../../shared/protocol/log-tables.ts";
import { DEFAULT_TREND_PARAMS } from "../../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";

const FILES = 3;

/** CV files of one electrode: of both segments the peaks in both directions, each with a height of its own. */
function cvLog(): CollectedLog {
  const log = new CollectedLog();
  for (let offset = 0; offset < FILES; offset++) {
    const entries = EntryTable.read(
      EntryTable.write([
        { offset, status: 0, revision: 1, file_number: offset + 1, mtime_ms: offset * 1000 },
      ]),
    );
    const rows = [1, 2].flatMap((segment) =>
      [1, -1].map((direction) => ({
        offset,
        scan: 0,
        electrode: 1,
        kind: 0,
        segment,
        sweep: segment === 1 ? 1 : -1,
        direction,
        peak_height_a: direction * (segment * 10 + offset),
        charge_c: segment * 100 + offset,
      })),
    );
    log.add([`cv_${offset + 1}.txt`], entries, SweepResultTable.read(SweepResultTable.write(rows)));
  }
  return log;
}

test("each peak of a CV is a trend of its own: by segment, and by the way it points", () => {
  const derived = new DerivedTrends({ files: cvLog(), traces: cvLog().traces }, [], DEFAULT_TREND_PARAMS);
  expect(derived.ofSweeps).toBe(true);
  const heights = (segment: number, direction: 1 | -1) => [
    ...derived.value(1, null, { segment, direction }).values,
  ];
  expect(heights(1, 1)).toEqual([10, 11, 12]);
  expect(heights(1, -1)).toEqual([-10, -11, -12]);
  expect(heights(2, -1)).toEqual([-20, -21, -22]);
  expect([...derived.value(1, null).values]).toEqual([]);
});

test("the charge of a sweep is the measured one, and its shares are of its own reference", () => {
  const params = { ...DEFAULT_TREND_PARAMS, quantity: "charge", reference: { from: 1, to: 1 } } as const;
  const derived = new DerivedTrends({ files: cvLog(), traces: cvLog().traces }, [], params);
  const second = { segment: 2, direction: -1 } as const;
  expect([...derived.value(1, null, second).values]).toEqual([200, 201, 202]);
  expect([...derived.normalised(1, null, second).values]).toEqual([1, 201 / 200, 202 / 200]);
  expect([...derived.band("value", null, second).mean]).toEqual([200, 201, 202]);
});
