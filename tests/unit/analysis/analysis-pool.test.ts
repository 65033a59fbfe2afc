import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { runJob } from "../../../server/analysis/analysis-job.ts";
import { AnalysisPool, INLINE_BYTES } from "../../../server/analysis/analysis-pool.ts";
import { defaultParams } from "../../../shared/protocol/analysis-params.ts";
import { simulatedFile } from "../../support/fixtures.ts";

function startPool() {
  const warnings: unknown[] = [];
  const pool = new AnalysisPool((error) => warnings.push(error));
  onTestFinished(() => pool.close());
  return { pool, warnings };
}

/** Bytes as a socket delivers them: somewhere in a larger buffer. */
function job(bytes: Uint8Array) {
  const buffer = new Uint8Array(bytes.length + 100);
  buffer.set(bytes, 50);
  const facts = { size_bytes: bytes.length, mtime_ms: 1, received_at_ms: 2, fields: { n: 7 } };
  const settings = { technique: "swv", params: defaultParams("swv") } as const;
  return { bytes: buffer.subarray(50, 50 + bytes.length), facts, settings };
}

test("a thread answers for a large file what the hub itself would, and leaves it its bytes", async () => {
  const { pool, warnings } = startPool();
  const large = job(simulatedFile(3, { electrodes: 8, step_v: 0.0005 }));
  expect(large.bytes.length).toBeGreaterThan(INLINE_BYTES);
  const expected = runJob(large);
  expect(await pool.analyse(large)).toEqual(expected);
  expect(runJob(large)).toEqual(expected);
  expect(warnings).toEqual([]);
}, 120_000);

test.runIf(process.platform === "linux")(
  "a batch has the processor after everything else of this process, a large live file has not",
  async () => {
    const { pool } = startPool();
    const own = getPriority();
    const large = job(simulatedFile(3, { electrodes: 8, step_v: 0.0005 }));
    await pool.analyse(large);
    expect(threadPriorities().filter((nice) => nice > own)).toEqual([]);
    await pool.batch([job(simulatedFile(1, { step_v: 0.005 }))]);
    expect(threadPriorities()).toContain(Math.min(19, own + 5));
  },
  120_000,
);

/** Niceness of every thread of this process: field 19 of its `stat`, where the name in brackets is the second. */
function threadPriorities(): number[] {
  return readdirSync("/proc/self/task").map((id) => {
    const fields = readFileSync(`/proc/self/task/${id}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[16]);
  });
}

test("a batch comes back in its order", async () => {
  const { pool, warnings } = startPool();
  const jobs = [1, 2, 3].map((n) => job(simulatedFile(n, { step_v: 0.005 })));
  const expected = jobs.map((one) => {
    const { params, analysed } = runJob(one);
    return { params, analysed };
  });
  expect(await pool.batch(jobs)).toEqual(expected);
  expect(await pool.batch([])).toEqual([]);
  expect(warnings).toEqual([]);
}, 120_000);
