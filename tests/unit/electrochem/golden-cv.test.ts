import { describe, expect, it } from "vitest";
import { pairsOfRows } from "../../../shared/analysis/pairs-of-rows.ts";
import { analyseDesktop } from "../../../shared/analysis/sweep.ts";
import { RESULT_KINDS, type SweepResultRow, SweepResultTable } from "../../../shared/protocol/log-tables.ts";
import { DesktopSweepParams } from "../../../shared/protocol/sweep-params.ts";
import {
  electrodeOf,
  GOLDEN_WRITERS,
  type GoldenWriter,
  goldenCvFile,
  tableOf,
  throughTheHub,
} from "./golden-files.ts";
import { expectPrinted } from "./printed.ts";

interface Row {
  readonly electrode?: 2;
  readonly params?: Partial<DesktopSweepParams>;
  readonly sg: number | null;
  /** µA and µC as the parity table prints them. */
  readonly forward: readonly [height: string, charge: string];
  readonly reverse: readonly [height: string, charge: string];
}

const inner = { window: [-0.35, 0.15] } as const;
const TABLE: Record<string, Row> = {
  "whole range": {
    sg: 3,
    forward: ["1.06879824561", "1.331519"],
    reverse: ["1.06764066667", "1.55105646667"],
  },
  "electrode 2": {
    electrode: 2,
    sg: 3,
    forward: ["2.06713157895", "2.131512"],
    reverse: ["2.06912265517", "2.36324336667"],
  },
  "−0.35 to 0.15 V": {
    params: inner,
    sg: 3,
    forward: ["0.997291996779", "0.796095664412"],
    reverse: ["0.99697906793", "0.797258600632"],
  },
  "the same in solution": {
    params: { ...inner, mass_transport: "solution" },
    sg: 3,
    forward: ["0.984535833333", "0.763430275"],
    reverse: ["0.978726190476", "0.752213628571"],
  },
  "smoothed over 10 mV": {
    params: { ...inner, sg_window_mv: 10 },
    sg: 11,
    forward: ["0.974722829706", "0.796232031242"],
    reverse: ["0.974360547178", "0.795599450668"],
  },
  "not smoothed": {
    params: { ...inner, sg_window_mv: null },
    sg: null,
    forward: ["0.999583961353", "0.798120299517"],
    reverse: ["0.998049565217", "0.797370795169"],
  },
};

const CASES = GOLDEN_WRITERS.flatMap((writer) =>
  Object.entries(TABLE).map(([name, row]) => [name, writer, row] as const),
);
const isPeak = ({ kind }: SweepResultRow) => RESULT_KINDS[kind] === "peak";

/** The parity table's settings as a session's: only the described file leaves the scan rate to the person. */
function settingsOf(writer: GoldenWriter, own: Partial<DesktopSweepParams> = {}) {
  const scan_rate_v_s = writer === "CH Instruments" ? null : 0.1;
  const table = tableOf("cv", writer);
  const params = DesktopSweepParams.parse({ method: "desktop", scan_rate_v_s, table, ...own });
  return { technique: "cv", params } as const;
}

function analysed(writer: GoldenWriter, electrode: number, own?: Partial<DesktopSweepParams>) {
  const found = throughTheHub(goldenCvFile(writer), settingsOf(writer, own), null);
  expect(found.format).toBe(writer === "CH Instruments" ? "chi-text" : "described-table");
  expect(found.entry).toMatchObject({ status: "analysed", notes: [] });
  const rows = SweepResultTable.read(found.results).filter((row) => row.electrode === electrode);
  return { ...found, params: DesktopSweepParams.parse(found.params), rows };
}

describe("the parity table of the desktop program's CV, from the text of its file", () => {
  it.each(CASES)("%s, %s", (_name, writer, row) => {
    const electrode = row.electrode ?? 1;
    const { place, params, rows } = analysed(writer, electrode, row.params);
    const cycle = analyseDesktop(place, electrodeOf(place, electrode), params);
    expect(cycle).toMatchObject({ segments: 2, sg_points: row.sg, scan_rate_v_s: 0.1 });
    expect(rows.map(({ segment, sweep, direction }) => [segment, sweep, direction])).toEqual([
      [1, 1, 1],
      [2, -1, -1],
    ]);
    expectSweep(rows[0], row.forward, -0.08);
    expectSweep(rows[1], row.reverse, -0.12);
    const [pair] = pairsOfRows(rows, electrode, params, isPeak);
    expect(Math.abs(pair?.peak_separation_v ?? 0)).toBeCloseTo(0.04, 12);
    expect(cycle.peak_separation_v).toBeCloseTo(0.04, 12);
  });

  it.each(GOLDEN_WRITERS)("the probe of the forward sweep, %s", (writer) => {
    const { rows } = analysed(writer, 1, { probes_v: [0.05] });
    expectPrinted((rows[0]?.probe_1_a ?? 0) * 1e6, "0.21071");
  });
});

function expectSweep(
  row: SweepResultRow | undefined,
  [height, charge]: readonly [string, string],
  potential_v: number,
): void {
  if (row === undefined || !isPeak(row)) throw new Error("A sweep has no peak.");
  expectPrinted(row.peak_height_a * 1e6, height);
  expectPrinted(row.charge_c * 1e6, charge);
  expect(row.peak_potential_v).toBe(potential_v);
}
