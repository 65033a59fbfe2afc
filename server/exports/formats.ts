import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { ExportJob } from "./export-job.ts";
import { writeCsv } from "./write-csv.ts";
import { writeJson } from "./write-json.ts";
import { writeParquet } from "./write-parquet.ts";
import { writeSacmes } from "./write-sacmes.ts";
import { writeXlsx } from "./write-xlsx.ts";
import { writeZip } from "./write-zip.ts";

interface FormatRule {
  readonly mediaType: string;
  /** The file in pieces; memory does not grow with the log. */
  readonly write: (job: ExportJob) => AsyncGenerator<Uint8Array | string>;
}

export const FORMATS: Readonly<Record<ExportFormat, FormatRule>> = {
  csv: { mediaType: "text/csv; charset=utf-8", write: writeCsv },
  json: { mediaType: "application/json; charset=utf-8", write: writeJson },
  parquet: { mediaType: "application/vnd.apache.parquet", write: writeParquet },
  xlsx: {
    mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write: writeXlsx,
  },
  "sacmes.txt": { mediaType: "text/plain; charset=utf-8", write: writeSacmes },
  zip: { mediaType: "application/zip", write: writeZip },
};

/** A file name that every system takes, from a session's label. */
export function downloadName(label: string, extension: string): string {
  const stem = label
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._]+|[._]+$/g, "")
    .slice(0, 80);
  return `benchcast-${stem === "" ? "session" : stem}.${extension}`;
}
