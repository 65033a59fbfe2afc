/**
 * The parsers' fuzzer, in a process of its own because memory is bounded: the heap by the flags that it is started with,
 * and what a single file makes it grow by the limits below. Arguments: seed, seconds, file for the number of the run.
 * Prints its report as JSON; a file that breaks a promise ends it with 1 and is shown on standard error.
 */
import { openSync, writeSync } from "node:fs";
import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import { guessTable } from "../../../shared/formats/guess-table.ts";
import { detectFormat, FORMATS } from "../../../shared/formats/registry.ts";
import { CORPUS, LARGE, mutate } from "./fuzz-corpus.ts";
import { HOSTILE, HOSTILE_TABLES, PLAIN } from "./fuzz-hostile.ts";
import { type Random, randomFrom } from "./fuzz-random.ts";
import type { FuzzReport } from "./fuzz-report.ts";
import { expectSound, expectSoundAsDescribed, expectSoundOutcome } from "./fuzz-soundness.ts";
import { collect, peakDuring } from "./peak-memory.ts";

const [seed = 1, seconds = 1] = process.argv.slice(2, 4).map(Number);
const progress = openSync(process.argv[4] ?? "/dev/null", "w");
const MIB = 2 ** 20;
/** Before the first file. What the process holds above it is files, results, compiled code and garbage. */
const START_BYTES = process.memoryUsage.rss();
/** The samples, and what garbage the heap keeps until it is worth collecting: less than half of what its flags allow. */
const HELD_BYTES = 112 * MIB;
/** What one file may add at once, whatever its size. */
const GROWTH_BYTES = 16 * MIB;
/** And for each of its bytes. */
const BYTES_PER_BYTE = 24;
/** Of the processor, so that a busy machine counts for nothing; files below 1 MiB may take as long as one of 1 MiB. */
const CPU_S_PER_MIB = 1;
/** Past this the rest of the formats is not waited for. */
const MOST_RUNS = 20_000;

const report: FuzzReport = {
  ...{ runs: 0, described: 0, formats: {}, small_growth: 0, above_start: 0 },
  large: { name: "", bytes: 0, growth: 0, s_per_mib: 0 },
};

function main(): void {
  measureLarge();
  const random = randomFrom(seed);
  const end = performance.now() + seconds * 1000;
  const unseen = new Set(FORMATS.map(({ name }) => name));
  while (performance.now() < end || report.runs < 300 || (unseen.size > 0 && report.runs < MOST_RUNS)) {
    writeSync(progress, `${report.runs}`.padEnd(12), 0);
    const content = damaged(random);
    guarded(`seed ${seed}, run ${report.runs}`, content, () => readSmall(content, random));
    for (const format of Object.keys(report.formats)) unseen.delete(format);
    report.runs++;
  }
  process.stdout.write(JSON.stringify(report));
}

function damaged(random: Random): Uint8Array {
  let content = CORPUS[random(CORPUS.length)] ?? new Uint8Array();
  for (let blows = 1 + random(5); blows > 0; blows--) content = mutate(content, random);
  return content;
}

function readSmall(content: Uint8Array, random: Random): void {
  const before = process.cpuUsage();
  const growth = boundedGrowth(content, () => {
    const format = detectFormat(content)?.name ?? "none";
    report.formats[format] = (report.formats[format] ?? 0) + 1;
    expectSound(content);
    report.described += expectSoundAsDescribed(content, random);
  });
  const { user, system } = process.cpuUsage(before);
  // The damaged files have some KB.
  if (user + system > CPU_S_PER_MIB * 1e6)
    throw new Error(`${(user + system) / 1e6} s of CPU for one small file`);
  report.small_growth = Math.max(report.small_growth, growth);
}

/** By how much the process grew meanwhile; throws where that is out of proportion to the file. */
function boundedGrowth(content: Uint8Array, read: () => void): number {
  const { held, grown } = peakDuring(read);
  const above = held - START_BYTES;
  report.above_start = Math.max(report.above_start, above);
  const own = BYTES_PER_BYTE * content.length;
  for (const [bytes, most] of [
    [grown, GROWTH_BYTES + own],
    [above, HELD_BYTES + own],
  ] as const)
    if (bytes > most) throw new Error(`${content.length} bytes took ${bytes} of memory; at most ${most}`);
  return grown;
}

/** Whole files of some MB, the same damaged; in the long form those that are made to cost more than their size, too. */
function measureLarge(): void {
  const random = randomFrom(seed);
  for (const [format, make] of Object.entries(LARGE)) {
    const content = make();
    const found = detectFormat(content)?.name ?? "none";
    if (found !== format) throw new Error(`${format} of ${content.length} bytes was taken for ${found}`);
    measure(format, content);
    measure(`${format}, damaged`, mutate(mutate(content, random), random));
  }
  if (seconds <= 60) return;
  for (const [name, text] of [...Object.entries(HOSTILE), ...Object.entries(HOSTILE_TABLES)])
    measure(name, new TextEncoder().encode(text));
}

function measure(name: string, content: Uint8Array): void {
  writeSync(progress, name.padEnd(80), 0);
  const tables = [PLAIN, { ...PLAIN, delimiter: " " }, guessTable(content)?.table ?? PLAIN] as const;
  const described = () => {
    for (const table of tables) expectSoundOutcome(parseDescribedTable(content, table, "swv"));
  };
  for (const { way, read, times } of [
    { way: "recognised", read: () => expectSound(content), times: 1 },
    { way: "described", read: described, times: tables.length },
  ]) {
    collect();
    guarded(`seed ${seed}, ${name}, ${way}`, content, () => {
      const before = process.cpuUsage();
      const growth = boundedGrowth(content, read);
      const { user, system } = process.cpuUsage(before);
      const perMib = (user + system) / 1e6 / times / Math.max(1, content.length / MIB);
      report.large.s_per_mib = Math.max(report.large.s_per_mib, perMib);
      if (perMib > CPU_S_PER_MIB) throw new Error(`${perMib} s of CPU for each MiB`);
      if (growth > report.large.growth)
        report.large = { ...report.large, name, bytes: content.length, growth };
    });
  }
}

/** Says which file it was that broke a promise. */
function guarded(which: string, content: Uint8Array, read: () => void): void {
  try {
    read();
  } catch (error) {
    const shown = Buffer.from(content.subarray(0, 3000)).toString("base64");
    throw new Error(`${which}: ${String(error)}\n${shown}`, { cause: error });
  }
}

main();
