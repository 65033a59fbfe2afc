import { logKey } from "../sessions/session-book.ts";
import type { ExportJob } from "./export-job.ts";
import type { ExportFile } from "./export-row.ts";
import { writeCsv } from "./write-csv.ts";
import { ZipNames } from "./zip-names.ts";
import { type ZipPart, zipOf } from "./zip-stream.ts";

/** What became of one file of the log in the archive. */
interface PackedFile {
  readonly offset: number;
  readonly name: string;
  readonly revision: number;
  readonly sha256: string;
  /** Null: the hub no longer keeps the file; its results are in `results.csv` all the same. */
  readonly path: string | null;
}

/**
 * The instrument's files themselves, byte for byte, with the results as CSV and the manifest. It comes last, for it
 * says which files are no longer kept.
 */
export async function* writeZip(job: ExportJob): AsyncGenerator<Uint8Array> {
  const modified_ms = Date.parse(job.manifest.exported_utc);
  const packed: PackedFile[] = [];
  const parts = async function* (): AsyncGenerator<ZipPart> {
    yield { path: "results.csv", modified_ms, content: () => writeCsv(job) };
    const names = new ZipNames();
    for await (const page of job.files()) for (const file of page) yield* rawPart(job, file, names, packed);
    yield { path: "manifest.json", modified_ms, content: () => manifestOf(job, packed) };
  };
  yield* zipOf(parts());
}

async function* rawPart(
  { range, survey: _ }: ExportJob,
  { row, entry, superseded }: ExportFile,
  names: ZipNames,
  packed: PackedFile[],
): AsyncGenerator<ZipPart> {
  const { offset, name, revision, sha256 } = row;
  const bytes = await range.store.readRaw(logKey(range.tag, range.session_id), offset);
  const path = bytes === null ? null : names.pathOf(name, revision, superseded);
  packed.push({ offset, name, revision, sha256, path });
  if (bytes !== null && path !== null) yield { path, modified_ms: entry.mtime_ms, content: () => [bytes] };
}

function* manifestOf({ manifest }: ExportJob, packed: readonly PackedFile[]): Generator<string> {
  const gone = packed.filter(({ path }) => path === null).length;
  const missing = [...manifest.missing];
  if (gone > 0) missing.push(`${gone} instrument files are no longer kept; their “path” is null.`);
  const said = JSON.stringify({ ...manifest, complete: missing.length === 0, missing }, null, 2);
  yield `${said.slice(0, -2)},\n  "raw_files": [`;
  for (const [index, file] of packed.entries())
    yield `${index === 0 ? "" : ","}\n    ${JSON.stringify(file)}`;
  yield "\n  ]\n}\n";
}
