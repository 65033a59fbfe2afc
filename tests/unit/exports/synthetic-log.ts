import { createHash } from "node:crypto";
import { nanoid } from "nanoid";
import { entryToBytes } from "../../../server/analysis/entry.ts";
import { resultToBytes } from "../../../server/analysis/version-result.ts";
import { openExport } from "../../../server/exports/export-job.ts";
import { fixScope } from "../../../server/exports/export-scope.ts";
import { FORMATS } from "../../../server/exports/formats.ts";
import { logKey, SessionRecord } from "../../../server/sessions/session-book.ts";
import type { UserTag } from "../../../server/sessions/user-tag.ts";
import type { AppendItem, Store } from "../../../server/store/port.ts";
import { defaultParams } from "../../../shared/protocol/analysis-params.ts";
import type { ExportFormat } from "../../../shared/protocol/export-format.ts";
import type { ExportQuery } from "../../../shared/protocol/export-request.ts";
import { RESULT_KINDS, ResultTable } from "../../../shared/protocol/log-tables.ts";
import type { Note } from "../../../shared/protocol/note.ts";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";

/** A file as a test writes it: which electrodes it holds, and the peak height of each in A (NaN: no peak). */
export interface SyntheticFile {
  readonly name: string;
  readonly number: number;
  readonly hz: number;
  readonly heights: ReadonlyMap<number, number>;
}

export interface SyntheticLog {
  /** An export as it was when the log ended at `until`, in whatever form the format has. */
  text(format: ExportFormat, query?: ExportQuery): Promise<string>;
}

interface Wish {
  readonly technique?: "swv" | "frequency-map";
  readonly params?: Partial<TrendParams>;
  readonly notes?: readonly Note[];
}

const TAG = "synthetic" as UserTag; // nobody's: these logs have no agent
const MINUTE_MS = 60_000;

/** A session whose files are written into the store as analysed, in the order given. */
export async function syntheticLog(
  store: Store,
  files: readonly SyntheticFile[],
  { technique = "swv", params = {}, notes = [] }: Wish = {},
): Promise<SyntheticLog> {
  const session = SessionRecord.parse({
    session_id: nanoid(),
    technique,
    label: "synthetic",
    filters: { pattern: "{*}_{n}.txt" },
    params: defaultParams(technique),
    version: 1,
    state: "running",
    created_at_ms: 0,
    stopped_at_ms: null,
  });
  const key = logKey(TAG, session.session_id);
  await store.createLog(key, "epoch");
  if (files.length > 0) await store.append(key, null, files.map(item));
  const trendParams = TrendParams.parse(params);
  return {
    text: async (format, query = {}) => {
      const scope = await fixScope(store, TAG, session, query);
      const job = await openExport({ ...scope, notes, trendParams, now: 0 });
      const pieces: Buffer[] = [];
      for await (const piece of FORMATS[format].write(job)) pieces.push(Buffer.from(piece));
      return Buffer.concat(pieces).toString();
    },
  };
}

/** Written a minute after the file of the number before. */
function item({ name, number, hz, heights }: SyntheticFile, offset: number): AppendItem {
  const mtime_ms = number * MINUTE_MS;
  const rows = [...heights].map(([electrode, peak_height_a]) => ({
    offset,
    scan: 0,
    electrode,
    frequency_hz: hz,
    kind: RESULT_KINDS.indexOf(Number.isNaN(peak_height_a) ? "no-maximum" : "peak"),
    flags: 0,
    peak_height_a,
    peak_area_av: peak_height_a / 10,
  }));
  const entry = entryToBytes({
    status: "analysed",
    size_bytes: 1,
    mtime_ms,
    received_at_ms: mtime_ms + 1,
    file_number: number,
    frequency_hz: hz,
    started_at_ms: null,
    format: "synthetic",
    encoding: "utf-8",
    notes: [],
  });
  const raw = Buffer.from(`${offset} ${name}`);
  const body = resultToBytes({ entry: null, rows: ResultTable.write(rows) });
  return {
    name,
    sha256: createHash("sha256").update(raw).digest("hex"),
    entry,
    results: [{ version: 1, body }],
    raw,
  };
}
