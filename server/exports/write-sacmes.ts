import { setImmediate as turn } from "node:timers/promises";
import { secondOf } from "../../shared/analysis/pairs-of-rows.ts";
import { sampleStatistics } from "../../shared/electrochem/sample-statistics.ts";
import { SweepResultTable } from "../../shared/protocol/log-tables.ts";
import { frequencyMaps } from "../../shared/trends/frequency-map.ts";
import { rowsOf } from "../analysis/version-result.ts";
import type { ExportJob } from "./export-job.ts";
import type { ExportFile } from "./export-row.ts";
import { pythonNumber } from "./number-text.ts";
import { continuousTable } from "./sacmes-continuous.ts";
import { pairsOf } from "./sweep-pair-cells.ts";
import { deriveTrends } from "./trend-columns.ts";

/**
 * The layout of the SACMES desktop programs (SACMES.md §7), for scripts that read it by column position: one space
 * between fields, CRLF, µA, µC and V, `nan` where there is no number (the desktop program wrote 0 there).
 * Chronoamperometry has none: `assertHasFormat` says so before anything is written.
 */
export function writeSacmes(job: ExportJob): AsyncGenerator<string> {
  switch (job.session.technique) {
    case "swv":
    case "dpv":
      return continuousScan(job);
    case "frequency-map":
      return frequencyMap(job);
    case "cv":
    case "lsv":
      return sweeps(job);
    case "ca":
      throw new Error("The SACMES programs have no layout for chronoamperometry.");
  }
}

const MICRO = 1e6;
/** Rows that are written before the hub does other work. */
const ROWS_A_PIECE = 200;

async function* continuousScan({ range, table, notes, trendParams, electrode }: ExportJob) {
  const quantity = trendParams.quantity === "area" ? ("area" as const) : ("height" as const);
  const electrodes = electrode === null ? trendParams.electrodes : [electrode];
  const trends = await deriveTrends(range, table, notes, { ...trendParams, quantity, electrodes }, electrode);
  const { rows, columns } = await continuousTable(trends);
  yield line(["File", "Time(Hrs)", ...columns.map(({ heading }) => heading)]);
  let text = "";
  let count = 0;
  for (const [index, { key, hours, lastOffset }] of rows.entries()) {
    if (lastOffset < range.since) continue; // a row comes again, whole, with each of its files
    const cells = columns.map(({ values, scale }) => pythonNumber((values[index] ?? Number.NaN) * scale));
    text += line([String(key), pythonNumber(hours), ...cells]);
    count += 1;
    if (count % ROWS_A_PIECE > 0) continue;
    yield text;
    text = "";
    await turn();
  }
  yield text;
}

/**
 * The newest map, as the screen chooses it; the heading counts electrodes, as the desktop program does. A stretch has the
 * frequencies of which a file stands in it.
 */
async function* frequencyMap(job: ExportJob): AsyncGenerator<string> {
  const { range, table, notes, trendParams, electrode } = job;
  const trends = await deriveTrends(range, table, notes, trendParams, electrode);
  const maps = frequencyMaps(trends, "height", null);
  const several = maps.length > 1;
  const means = ["Avg.PeakHeight(uA)", "Standard_Deviation(uA)", "Avg.Charge(uC)", "Standard_Deviation(uC)"];
  const own = maps.flatMap((_, index) => [`PeakHeight_E${index + 1}(uA)`, `Charge_E${index + 1}(uC)`]);
  yield line(["Frequency(Hz)", ...own, ...(several ? means : [])]);
  for (const [row, f] of trends.frequencies.entries()) {
    const isNew = trends.electrodes.some((e) =>
      trends.heights(e, f).offsets.some((offset) => offset >= range.since),
    );
    if (!isNew) continue;
    const values = maps.map((map) => (map.values[row] ?? Number.NaN) * MICRO);
    const charges = values.map((value) => value / f);
    const spread = [sampleStatistics(values), sampleStatistics(charges)].flatMap(({ mean, sd }) => [
      mean,
      sd,
    ]);
    const cells = values.flatMap((value, index) => [value, charges[index] ?? Number.NaN]);
    yield line([f, ...cells, ...(several ? spread : [])].map(pythonNumber));
  }
}

/** First pair of sweeps of each file: peaks, potentials, separation, probes. */
async function* sweeps(job: ExportJob): AsyncGenerator<string> {
  const { survey, electrode } = job;
  const electrodes = electrode === null ? [...survey.rowsByElectrode.keys()] : [electrode];
  const probes = "probes_v" in job.params ? job.params.probes_v.slice(0, 2) : [];
  yield line(["File", ...electrodes.flatMap((e) => sweepHeadings(e, probes))]);
  const lines: { readonly number: number; readonly text: string }[] = [];
  for await (const files of job.files())
    for (const file of files) {
      if (file.superseded || rowsOf(file.row.result).length === 0) continue;
      const number = file.entry.file_number ?? file.row.offset + 1;
      const cells = sweepCells(job, file, electrodes, probes.length).map(pythonNumber);
      lines.push({ number, text: line([String(number), ...cells]) });
    }
  // A file that was measured again stands where it stood; series that count alike stay apart.
  if (!survey.numbersRepeat) lines.sort((a, b) => a.number - b.number);
  for (const { text } of lines) yield text;
}

function sweepHeadings(e: number, probes: readonly number[]): string[] {
  return [
    `E${e}_Forwards_PeakHeight_(µA)`,
    `E${e}_Reverse_PeakHeight_(µA)`,
    `E${e}_Forward_Peak_Potential_(V)`,
    `E${e}_Reverse_Peak_Potential_(V)`,
    `E${e}_Peak_Separation_(V)`,
    ...probes.flatMap((v) => [`E${e}_${v}V_Forwards_(µA)`, `E${e}_${v}V_Reverse_(µA)`]),
  ];
}

function sweepCells(
  { params }: ExportJob,
  { row, exclusions }: ExportFile,
  electrodes: readonly number[],
  probes: number,
): number[] {
  const rows = SweepResultTable.read(rowsOf(row.result));
  return electrodes.flatMap((electrode) => {
    const isExcluded = exclusions.some((note) => note.electrode === null || note.electrode === electrode);
    const own = rows.filter((one) => one.scan === 0 && one.electrode === electrode && !isExcluded);
    const [pair] = pairsOf(own, params);
    const ofSegment = (segment: number) => own.filter((one) => one.segment === segment);
    const first = pair?.segment ?? 1;
    const second = "probes_v" in params ? secondOf(first, params) : first + 1;
    const [forward, reverse] = [ofSegment(first), ofSegment(second)];
    const [ahead, back] = [pair?.forward ?? null, pair?.reverse ?? null];
    const probed = (["probe_1_a", "probe_2_a"] as const)
      .slice(0, probes)
      .flatMap((probe) => [forward, reverse].map(([first]) => (first?.[probe] ?? Number.NaN) * MICRO));
    return [
      Math.abs(ahead?.peak_height_a ?? Number.NaN) * MICRO,
      Math.abs(back?.peak_height_a ?? Number.NaN) * MICRO,
      ahead?.peak_potential_v ?? Number.NaN,
      back?.peak_potential_v ?? Number.NaN,
      Math.abs(pair?.peak_separation_v ?? Number.NaN),
      ...probed,
    ];
  });
}

function line(fields: readonly string[]): string {
  return `${fields.join(" ")}\r\n`;
}
