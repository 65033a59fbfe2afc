import { expect, test } from "vitest";
import {
  DecayResultTable,
  EntryTable,
  RESULT_KINDS,
  ResultTable,
} from "../../../shared/protocol/log-tables.ts";
import { DEFAULT_TREND_PARAMS } from "../../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../../shared/trends/derived-trends.ts";
import { quantitiesOf, trendParamsFor } from "../../../shared/trends/quantities.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";

const [NO_PEAK] = ResultTable.read(ResultTable.write([{}]));

function decayLog(lifetimes: readonly (number | null)[]): CollectedLog {
  const log = new CollectedLog();
  lifetimes.forEach((lifetime_s, offset) => {
    const entry = { offset, status: 0, revision: 1, file_number: offset + 1, mtime_ms: offset * 1000 };
    const kind = RESULT_KINDS.indexOf(lifetime_s === null ? "no-decay" : "fitted");
    const half_life_s = lifetime_s === null ? null : lifetime_s * Math.LN2;
    const rows = DecayResultTable.read(
      DecayResultTable.write([{ offset, scan: 0, electrode: 1, kind, lifetime_s, half_life_s }]),
    );
    if (NO_PEAK === undefined) throw new Error("A table gives back the rows that it was given.");
    const all = rows.map((row) => ({ ...NO_PEAK, ...row }));
    log.add([`ca_${offset + 1}.txt`], EntryTable.read(EntryTable.write([entry])), all);
  });
  return log;
}

test("a decay is followed by its lifetime, or by its half-life; a file without one leaves a gap", () => {
  const log = decayLog([2, null, 4]);
  const by = (quantity: "lifetime" | "half_life") =>
    new DerivedTrends({ files: log, traces: log.traces }, [], { ...DEFAULT_TREND_PARAMS, quantity });
  expect([...by("lifetime").value(1, null).values]).toEqual([2, Number.NaN, 4]);
  expect([...by("half_life").value(1, null).values]).toEqual([2 * Math.LN2, Number.NaN, 4 * Math.LN2]);
});

test("settings made for peaks give a session of decays its usual quantity, and the other way round", () => {
  expect(trendParamsFor("ca", DEFAULT_TREND_PARAMS).quantity).toBe("lifetime");
  expect(trendParamsFor("swv", { ...DEFAULT_TREND_PARAMS, quantity: "half_life" }).quantity).toBe("height");
  expect(trendParamsFor("cv", { ...DEFAULT_TREND_PARAMS, quantity: "charge" }).quantity).toBe("charge");
  expect(quantitiesOf("ca")).toEqual(["lifetime", "half_life"]);
});
