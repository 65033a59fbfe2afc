import { loadavg } from "node:os";
import type { EntryRow, ResultRow } from "../../shared/protocol/log-tables.ts";
import { EntryTable, RESULT_KINDS, ResultTable } from "../../shared/protocol/log-tables.ts";
import { TrendParams, type TrendSignal } from "../../shared/protocol/trend-params.ts";
import { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { GrowingTrends } from "../../shared/trends/growing-trends.ts";
import { SessionLog } from "../../web/log/session-log.ts";

/*
 * What one more file costs the page's trends when a session is long: derived from scratch, as exports do it once,
 * against what the viewer does, which keeps what it has. By hand:
 *
 *   node --import tsx tests/bench/trends.ts [files of each frequency, 10000] [electrodes, 50]
 *
 * CPU of this process, the median of several files. Trust the ratios, and look at the load first.
 */

const FREQUENCIES = [15, 200];
const TURNS = 15;
/** A file more may cost a twentieth of the whole. */
const TARGET = 0.05;
const SETTINGS = TrendParams.parse({ axis: "file-number", reference: { from: 1, to: 5 } });

const rounds = Number(process.argv[2] ?? 10_000);
const electrodes = Number(process.argv[3] ?? 50);

const [entry] = EntryTable.read(EntryTable.write([{ status: 0 }]));
const [result] = ResultTable.read(ResultTable.write([{ kind: RESULT_KINDS.indexOf("peak") }]));
if (entry === undefined || result === undefined) throw new Error("A table has no row.");

const log = new SessionLog();
let number = 0;
for (; number < rounds; number++) measureRound(number, entry, result);
console.log(
  `${FREQUENCIES.length * electrodes} traces of ${rounds} points, load ${loadavg().map((load) => load.toFixed(1))}`,
);
for (const signal of ["value", "normalised", "kdm"] as const) {
  const growing = new GrowingTrends();
  look(growing.derive(source(), log.generation, [], SETTINGS), signal);
  const costs = { grown: [] as number[], scratch: [] as number[] };
  for (let turn = 0; turn < TURNS; turn++) {
    measureRound(number++, entry, result);
    costs.grown.push(cpuOf(() => look(growing.derive(source(), log.generation, [], SETTINGS), signal)));
    costs.scratch.push(cpuOf(() => look(new DerivedTrends(source(), [], SETTINGS), signal)));
  }
  const [grown, scratch] = [median(costs.grown), median(costs.scratch)];
  const ratio = grown / scratch;
  console.log(
    `${signal}: ${scratch.toFixed(1)} ms from scratch, ${grown.toFixed(2)} ms grown, ratio ${ratio.toFixed(3)} ` +
      `(at most ${TARGET}): ${ratio <= TARGET ? "holds" : "MISSED"}`,
  );
}

function source() {
  return { files: log, traces: log.traces.values() };
}

/** What the page asks for in one picture of all traces. */
function look(derived: DerivedTrends, signal: TrendSignal): void {
  for (let electrode = 1; electrode <= electrodes; electrode++) {
    if (signal === "kdm") derived.kdm(electrode);
    else for (const hz of FREQUENCIES) derived.signal(signal, electrode, hz);
  }
}

function measureRound(index: number, anEntry: EntryRow, aResult: ResultRow): void {
  for (const frequency_hz of FREQUENCIES) {
    const offset = log.next;
    const entries = [{ ...anEntry, offset, file_number: index + 1, frequency_hz, mtime_ms: 10_000 * index }];
    const results = Array.from({ length: electrodes }, (_, at) => ({
      ...aResult,
      offset,
      electrode: at + 1,
      frequency_hz,
      peak_height_a: 1e-6 * (1 + 0.1 * Math.sin(index / 700 + at)),
    }));
    log.apply({
      epoch: "e",
      version: 1,
      since: offset,
      next: offset + 1,
      head: offset + 1,
      names: [`swv_${frequency_hz}Hz_${index + 1}.txt`],
      entries,
      results,
      notes: [],
    });
  }
}

function cpuOf(what: () => void): number {
  const before = process.cpuUsage();
  what();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
