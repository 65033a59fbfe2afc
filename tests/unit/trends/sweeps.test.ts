import { expect, test } from "vitest";
import { EntryTable, RESULT_KINDS, SweepResultTable } from "../../../shared/protocol/log-tables.ts";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";

test("the peaks of a cyclic voltammogram are lines of their own, with the charge that their results carry", () => {
  const log = new CollectedLog();
  for (const offset of [0, 1]) {
    const entries = EntryTable.read(EntryTable.write([{ offset, status: 0, file_number: offset + 1 }]));
    const row = { offset, electrode: 1, kind: RESULT_KINDS.indexOf("peak") };
    const results = SweepResultTable.read(
      SweepResultTable.write([
        { ...row, segment: 1, direction: 1, peak_height_a: 4 + offset, charge_c: 7 },
        { ...row, segment: 2, direction: -1, peak_height_a: -2 - offset, charge_c: 9 },
      ]),
    );
    log.add([`cv_${offset}`], entries, results);
  }
  const forward = { segment: 1, direction: 1 } as const;
  const back = { segment: 2, direction: -1 } as const;
  const reference = { from: 1, to: 1 };
  const trends = new DerivedTrends(log, [], TrendParams.parse({ reference }));
  expect([...trends.value(1, null, forward).values]).toEqual([4, 5]);
  expect([...trends.value(1, null, back).values]).toEqual([-2, -3]);
  expect([...trends.normalised(1, null, back).values]).toEqual([1, 1.5]);
  expect([...trends.band("value", null, forward).mean]).toEqual([4, 5]);
  const charges = new DerivedTrends(log, [], TrendParams.parse({ quantity: "charge" }));
  expect([...charges.value(1, null, back).values]).toEqual([9, 9]);
});
