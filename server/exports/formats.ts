import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
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

/** @throws RequestError unknown_export_format for a technique that has no such layout */
export function assertHasFormat(technique: SessionTechnique, format: ExportFormat): void {
  if (format !== "sacmes.txt" || technique !== "ca") return;
  throw new RequestError(
    "unknown_export_format",
    "The SACMES programs have no layout for chronoamperometry. Choose another format.",
  );
}

/** A file name that every system takes, from a session's label. */
export function downloadName(label: string, extension: string): string {
  const stem = label
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._]+|[._]+$/g, "")
    .slice(0, 80);
  return `benchcast-${stem === "" ? "session" : stem}.${extension}`;
}
