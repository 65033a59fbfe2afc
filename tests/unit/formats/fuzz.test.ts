import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import { guessTable } from "../../../shared/formats/guess-table.ts";
import { FORMATS } from "../../../shared/formats/registry.ts";
import { tableProblems } from "../../../shared/protocol/table-description.ts";
import { utf8 } from "./format-sample.ts";
import { HOSTILE, HOSTILE_TABLES, PLAIN } from "./fuzz-hostile.ts";
import type { FuzzReport } from "./fuzz-report.ts";
import { expectSound, expectSoundOutcome } from "./fuzz-soundness.ts";

/** `npm run fuzz:formats` is the long form (`FUZZ_SECONDS`, 10 min); `FUZZ_SEED` repeats a run. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 20);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Past this heap the system ends the process: a parser that keeps what it should not is found, and its seed named. */
const HEAP = ["--max-old-space-size=256", "--max-semi-space-size=4"];
const CHILD = fileURLToPath(new URL("fuzz-child.ts", import.meta.url));

/** The large files before the first of the time that is asked for, on a machine that does much else. */
const LONGEST_BESIDES_MS = 150_000;

/** Runs the fuzzer to its end; one that hangs is killed. Where it is killed, the last file that it began with is named. */
function fuzz(seconds: number): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), "benchcast-fuzz-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const progress = join(folder, "run");
  const args = [...HEAP, "--import", "tsx", CHILD, `${SEED}`, `${seconds}`, progress];
  return new Promise((resolve, reject) => {
    const limits = {
      maxBuffer: 2 ** 24,
      timeout: seconds * 1000 + LONGEST_BESIDES_MS,
      killSignal: "SIGKILL",
    } as const;
    execFile(process.execPath, args, limits, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout));
      const at = readFileSync(progress, "utf8").trim();
      const end = error.signal ?? `exit ${error.code}`;
      reject(new Error(`seed ${SEED}, file or run ${at} (${end}): ${stderr.slice(-6000)}`));
    });
  });
}

describe("no bytes make a parser throw, let a number through that is none, or take memory out of proportion", () => {
  it(`however files are damaged (seed ${SEED}, ${SECONDS} s)`, {
    timeout: SECONDS * 1000 + 180_000,
  }, async () => {
    const { runs, described, formats, ...memory } = await fuzz(SECONDS);
    // Damage must not only be what no format recognises, and no format may be left out.
    for (const { name } of FORMATS) expect(formats[name] ?? 0, `damaged files of ${name}`).toBeGreaterThan(0);
    expect(described).toBeGreaterThan(runs / 50);
    if (SECONDS > 60)
      process.stdout.write(
        `${JSON.stringify({ seed: SEED, runs, described, formats, ...memory }, null, 1)}\n`,
      );
  });
});

describe("what is made to cost more than its size does not, described by hand or guessed", () => {
  it.each([...Object.entries(HOSTILE_TABLES), ...Object.entries(HOSTILE)])(
    "%s",
    { timeout: 60_000 },
    (_, text) => {
      const content = utf8(text);
      const cpu = process.cpuUsage();
      expectSoundOutcome(parseDescribedTable(content, PLAIN, "swv"));
      expectSoundOutcome(
        parseDescribedTable(content, { ...PLAIN, skip_lines: 10_000, delimiter: " " }, "swv"),
      );
      const guess = guessTable(content);
      if (guess !== null) expect(tableProblems(guess.table)).toEqual([]);
      const { user, system } = process.cpuUsage(cpu);
      expect((user + system) / content.length, "µs of CPU per byte, that is s per MB").toBeLessThan(2);
    },
  );
});

describe("what is made to cost more than its size does not", () => {
  it.each(Object.entries(HOSTILE))("%s", { timeout: 60_000 }, (_, text) => {
    const content = utf8(text);
    const before = process.memoryUsage().arrayBuffers;
    const cpu = process.cpuUsage();
    expectSound(content);
    const { user, system } = process.cpuUsage(cpu);
    // CPU time, not the clock's: other processes may have the machine. Parsing and `isComplete` together.
    expect((user + system) / content.length, "µs of CPU per byte, that is s per MB").toBeLessThan(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * content.length);
  });
});
