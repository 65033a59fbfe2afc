import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { nanoid } from "nanoid";
import { entryToBytes } from "../../server/analysis/entry.ts";
import { resultToBytes } from "../../server/analysis/version-result.ts";
import { openExport } from "../../server/exports/export-job.ts";
import { fixScope } from "../../server/exports/export-scope.ts";
import { FORMATS } from "../../server/exports/formats.ts";
import { logKey, SessionRecord } from "../../server/sessions/session-book.ts";
import type { UserTag } from "../../server/sessions/user-tag.ts";
import { openStore } from "../../server/store/open-store.ts";
import type { AppendItem, Store } from "../../server/store/port.ts";
import { defaultParams } from "../../shared/protocol/analysis-params.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { ResultTable } from "../../shared/protocol/log-tables.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";

/*
 * What exporting a long run costs, in each format: time, the longest turn of the event loop, and memory. By hand:
 *
 *   node --expose-gc --import tsx tests/bench/exports.ts [entries, 20000] [electrodes, 4] [reference | -] [format, all]
 *
 * With `reference` the trends are derived too. Memory is resident, above what the process had before the format.
 */

const BATCH = 250;
const RAW = Buffer.alloc(4_000, "0.123, -4.5e-7\n");

const entries = Number(process.argv[2] ?? 20_000);
const electrodes = Number(process.argv[3] ?? 4);
const directory = mkdtempSync(join(tmpdir(), "benchcast-bench-"));
const store = await openStore({ redisUrl: undefined, dataDir: directory, newId: nanoid });
try {
  console.log(
    `${entries} entries × ${electrodes} electrodes, load ${loadavg().map((load) => load.toFixed(1))}`,
  );
  await measure(store);
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(store: Store): Promise<void> {
  const tag = "bench" as UserTag; // nobody's; made for this process
  const session = SessionRecord.parse({
    session_id: nanoid(),
    technique: "swv",
    label: "bench",
    filters: { pattern: "{*}_{f}Hz_{n}.txt" },
    params: defaultParams("swv"),
    version: 1,
    state: "running",
    created_at_ms: 0,
    stopped_at_ms: null,
  });
  const key = logKey(tag, session.session_id);
  await store.createLog(key, "epoch");
  for (let at = 0; at < entries; at += BATCH)
    await store.append(
      key,
      null,
      Array.from({ length: Math.min(BATCH, entries - at) }, (_, i) => item(at + i)),
    );
  const reference = (process.argv[4] ?? "-") === "-" ? null : { from: 1, to: 3 };
  const scope = await fixScope(store, tag, session, {});
  const wanted = process.argv[5];
  for (const format of ExportFormat.options.filter((one) => wanted === undefined || one === wanted)) {
    const order = { ...scope, notes: [], trendParams: TrendParams.parse({ reference }), now: Date.now() };
    await one(format, async () => FORMATS[format].write(await openExport(order)));
  }
}

async function one(format: string, open: () => Promise<AsyncIterable<Uint8Array | string>>): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let [peak, bytes, longest, turnAt] = [before, 0, 0, performance.now()];
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
    longest = Math.max(longest, performance.now() - turnAt);
    turnAt = performance.now();
  }, 1);
  const start = performance.now();
  const cpu = process.cpuUsage();
  for await (const piece of await open()) bytes += piece.length;
  const { user, system } = process.cpuUsage(cpu);
  longest = Math.max(longest, performance.now() - turnAt); // the last one ends without a tick
  clearInterval(watch);
  const said = [
    `${((performance.now() - start) / 1_000).toFixed(1)} s`,
    `CPU ${((user + system) / 1e6).toFixed(1)} s`,
    `${(bytes / 1e6).toFixed(1)} MB`,
    `memory +${((peak - before) / 1e6).toFixed(0)} MB`,
    `longest turn ${longest.toFixed(0)} ms`,
  ];
  console.log(`${format.padEnd(11)} ${said.join("   ")}`);
}

function item(index: number): AppendItem {
  const frequency_hz = index % 2 === 0 ? 15 : 200;
  const name = `swv_${frequency_hz}Hz_${(index >> 1) + 1}.txt`;
  const numbers = (electrode: number) =>
    Object.fromEntries(
      ResultTable.fields.map((field, i) => [field, Math.sin(index * 31 + i * 7 + electrode) * 1e-6]),
    );
  const rows = Array.from({ length: electrodes }, (_, e) => ({
    ...numbers(e + 1),
    offset: index,
    scan: 0,
    electrode: e + 1,
    frequency_hz,
    kind: 0,
    flags: 0,
  }));
  const entry = entryToBytes({
    status: "analysed",
    size_bytes: RAW.length,
    mtime_ms: 1_700_000_000_000 + index * 10_000,
    received_at_ms: 1_700_000_000_500 + index * 10_000,
    file_number: (index >> 1) + 1,
    frequency_hz,
    started_at_ms: 1_700_000_000_000 + index * 10_000,
    format: "bench",
    encoding: "utf-8",
    notes: [],
  });
  const raw = Buffer.concat([RAW, Buffer.from(String(index))]);
  const sha256 = index.toString(16).padStart(64, "0");
  return {
    name,
    sha256,
    entry,
    results: [{ version: 1, body: resultToBytes({ entry: null, rows: ResultTable.write(rows) }) }],
    raw,
  };
}
