import { expect, test } from "vitest";
import { renderChiSwv } from "../../agent/render-chi-swv.ts";
import { EQUAL_RESPONSE, simulatedScan } from "../../agent/simulated-scan.ts";
import { injectedUm } from "../../agent/titration.ts";
import { theilSenDrift } from "../../shared/electrochem/drift.ts";
import { replicateGroups } from "../../shared/electrochem/replicates.ts";
import { ExportManifest } from "../../shared/protocol/export-manifest.ts";
import { EntryTable, ResultTable } from "../../shared/protocol/log-tables.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import type { TrendSummary } from "../../shared/protocol/trend-summary.ts";
import { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { meanSeries } from "../../shared/trends/electrode-band.ts";
import { calibratedTrend } from "../../shared/trends/titration.ts";
import { CollectedLog } from "../../shared/trends/trend-log.ts";
import { startAnalysis } from "../support/analysis-scene.ts";

const SCANS_PER_STEP = 4;
const MINUTE_MS = 60_000;

function titrationFile(number: number, frequency_hz: number, startedAtMs: number): Uint8Array {
  const options = { number, frequency_hz, electrodes: 2, step_v: 0.005, scansPerStep: SCANS_PER_STEP };
  const scan = simulatedScan({ ...options, response: EQUAL_RESPONSE });
  const startedAt = new Date(startedAtMs);
  return new TextEncoder().encode(renderChiSwv({ scan, startedAt, fileName: "c:\\chi\\x.txt" }));
}

/** A titration at two frequencies; what its export says of the trends, and what a viewer derives. */
async function startScene(files: number, everyMs = MINUTE_MS) {
  const { hub, ...scene } = await startAnalysis({ pattern: "swv_{f}Hz_{n}.txt" });
  const { viewer, user_id, session_id } = scene;
  const began = Date.UTC(2026, 8, 28);
  for (let number = 1; number <= files; number++)
    for (const hz of [15, 200]) {
      const atMs = began + number * everyMs;
      await scene.send(`swv_${hz}Hz_${number}.txt`, titrationFile(number, hz, atMs), atMs);
    }
  const inject = (number: number) =>
    viewer.ask("annotate", {
      user_id,
      session_id,
      change: {
        do: "add",
        note_id: `injection-number-${number}`,
        kind: "injection",
        at: { offset: 2 * (number - 1) },
        concentration: injectedUm(number, SCANS_PER_STEP),
        unit: "µM",
      },
    });
  const set = (given: Partial<TrendParams>) =>
    viewer.ask("set_trend_params", { user_id, session_id, trend_params: TrendParams.parse(given) });
  const summary = async (query = ""): Promise<TrendSummary | null> => {
    const headers = { authorization: `Bearer ${user_id}` };
    const address = `${hub.url}/api/sessions/${session_id}/export.json${query}`;
    const body: unknown = await (await fetch(address, { headers })).json();
    const { manifest } = body as { manifest: unknown }; // its own schema reads it
    return ExportManifest.parse(manifest).trends?.summary ?? null;
  };
  const seen = async () => {
    const log = new CollectedLog();
    const part = await viewer.ask("read_log", { user_id, session_id, since: 0 });
    log.add(part.names, EntryTable.read(part.entries), ResultTable.read(part.results));
    const { notes, trend_params } = await viewer.ask("read_notes", { user_id, session_id, since_rev: 0 });
    return { derived: new DerivedTrends(log, notes, trend_params), notes };
  };
  return { inject, set, summary, seen };
}

test("an export carries drift, replicates, steps and calibration, with the screen's own numbers", async () => {
  const { inject, set, summary, seen } = await startScene(6 * SCANS_PER_STEP);
  for (let step = 1; step < 6; step++) await inject(step * SCANS_PER_STEP + 1);
  await set({ signal: "kdm", reference: { from: 1, to: SCANS_PER_STEP }, settle: 1 / 60, replicates: 2 });
  const told = await summary();
  const { derived, notes } = await seen();
  const mean = meanSeries(derived.band("kdm", null));
  expect(told).toMatchObject({
    signal: "kdm",
    missing: null,
    units: { x: "h", signal: "1", drift: "1/h", concentration: "µM" },
    electrodes: [1, 2],
    unconverted_units: [],
  });
  const drifts = [derived.kdm(1), derived.kdm(2), mean].map((series) => {
    const drift = theilSenDrift(series);
    if (drift.kind === "no-drift") throw new Error("There is no drift.");
    return { kind: "drift", slope: drift.slope, at_zero: drift.atZero, points: 6 * SCANS_PER_STEP };
  });
  expect(told?.drift).toEqual(
    [1, 2, null].map((electrode, at) => ({ electrode, frequency_hz: null, drift: drifts[at] })),
  );
  const { size, groups } = told?.replicates ?? { groups: [] };
  expect([size, groups.length]).toEqual([2, 3 * 3 * SCANS_PER_STEP]);
  expect(groups.filter(({ electrode }) => electrode === null)).toEqual(
    replicateGroups(mean, 2).map((group) => ({
      electrode: null,
      frequency_hz: null,
      x: group.x,
      mean: group.mean,
      sd: group.sd,
      n: 2,
    })),
  );
  const { result } = calibratedTrend(derived, notes);
  expect(told?.steps.map(({ from_x, level, change, n }) => [from_x, level, change, n])).toEqual(
    result.steps.map(({ since, level, change, points }) => [since, level, change, points]),
  );
  expect(told?.steps.map(({ concentration }) => concentration)).toEqual([0, 1, 2, 4, 8, 16]);
  if (result.calibration.kind !== "fit") throw new Error("The titration determines no curve.");
  const { k, amplitude, offset, residualSd } = result.calibration;
  expect(told?.calibration).toMatchObject({
    kind: "fit",
    model: "langmuir",
    ...{ k, amplitude, offset, hill_n: null, residual_sd: residualSd, degrees_of_freedom: 3 },
  });

  // The whole export says it; a piece need not be told it again.
  expect(await summary("?since=4")).toBeNull();
});

test("what there is nothing of is said with its reason, and the export does not fail", async () => {
  const { set, summary } = await startScene(4);
  await set({ signal: "value" });
  const plain = await summary();
  expect(plain?.missing).toBeNull();
  expect(plain?.units).toMatchObject({ signal: "A", drift: "A/h" });
  // Electrodes 1, 2 and their mean, at both frequencies.
  expect(plain?.drift.map(({ drift }) => drift.kind)).toEqual(Array(6).fill("drift"));
  expect(plain?.steps).toMatchObject([{ from_x: null, change: null, n: 4 }]);
  expect(plain?.calibration).toEqual({ kind: "no-fit", reason: "no-injections", points: 1 });

  await set({ signal: "kdm" });
  const bare = await summary();
  expect(bare?.missing).toBe("no-reference");
  expect(bare).toMatchObject({
    drift: [],
    steps: [],
    calibration: { kind: "no-fit", reason: "no-reference" },
  });
});

test("of copied files without a clock no slope per hour is told", async () => {
  const { set, summary } = await startScene(4, 0);
  await set({ signal: "value" });
  const drifts = (await summary())?.drift.map(({ drift }) => drift);
  expect(drifts).toEqual(Array(6).fill({ kind: "no-drift", reason: "no-intervals", points: 4 }));
  await set({ signal: "value", seconds_per_file: 60 });
  expect((await summary())?.drift[0]?.drift.kind).toBe("drift");
});
