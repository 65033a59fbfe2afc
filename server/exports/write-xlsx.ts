import type { Cell, Column } from "./columns.ts";
import type { ExportJob } from "./export-job.ts";
import { SUMMARY_COLUMNS, summaryRows } from "./summary-rows.ts";
import { partsAround, sheetName, sheetPath } from "./xlsx-parts.ts";
import { SHEET_END, SHEET_ROWS, sheetHead, sheetRow } from "./xlsx-sheet.ts";
import { type ZipPart, zipOf } from "./zip-stream.ts";

/** Rows of data in one sheet, below its heading. */
const ROWS_A_SHEET = SHEET_ROWS - 1;

type SheetColumn = Pick<Column, "name" | "kind">;

interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Rows as portions of cells, in order. */
  rows(): AsyncIterable<readonly (readonly Cell[])[]>;
}

/**
 * A spreadsheet: a sheet per electrode (several for one that is too long), the files, the notes, the trends, the parameters, the manifest.
 * Each sheet is one reading of the log, so that nothing of a sheet is kept while another is written.
 */
export async function* writeXlsx(job: ExportJob): AsyncGenerator<Uint8Array> {
  const modified_ms = Date.parse(job.manifest.exported_utc);
  const sheets = [
    ...electrodeSheets(job),
    filesSheet(job),
    notesSheet(job),
    ...trendsSheet(job),
    parametersSheet(job),
    manifestSheet(job),
  ];
  const around = partsAround(sheets.map(({ name }) => name)).map(
    ([path, xml]): ZipPart => ({ path, modified_ms, content: () => [xml] }),
  );
  const parts = sheets.map(
    (sheet, index): ZipPart => ({ path: sheetPath(index), modified_ms, content: () => sheetXml(sheet) }),
  );
  yield* zipOf([...around, ...parts]);
}

async function* sheetXml({ columns, rows }: Sheet): AsyncGenerator<string> {
  yield sheetHead(columns);
  let number = 1;
  for await (const portion of rows()) {
    let text = "";
    for (const cells of portion) text += sheetRow(++number, cells, columns);
    yield text;
  }
  yield SHEET_END;
}

function electrodeSheets(job: ExportJob): Sheet[] {
  const { columns, survey, electrode } = job;
  const counts = [...survey.rowsByElectrode].filter(([number]) => electrode === null || number === electrode);
  return counts.flatMap(([number, count]) => {
    const parts = Math.ceil(count / ROWS_A_SHEET);
    return Array.from({ length: parts }, (_, part): Sheet => {
      const name = part === 0 ? `Electrode ${number}` : `Electrode ${number} (${part + 1})`;
      return { name: sheetName(name), columns, rows: () => electrodeRows(job, number, part) };
    });
  });
}

/** The `part`-th sheet's share of an electrode's rows. */
async function* electrodeRows({ columns, rows }: ExportJob, electrode: number, part: number) {
  const [from, to] = [part * ROWS_A_SHEET, (part + 1) * ROWS_A_SHEET];
  let seen = 0;
  for await (const portion of rows(electrode)) {
    const share = portion.slice(Math.max(0, from - seen), Math.max(0, to - seen));
    seen += portion.length;
    yield share.map((row) => columns.map((column) => column.value(row)));
    if (seen >= to) return;
  }
}

function filesSheet({ files }: ExportJob): Sheet {
  const columns: SheetColumn[] = [
    { name: "offset", kind: "integer" },
    { name: "file", kind: "text" },
    { name: "revision", kind: "integer" },
    { name: "superseded", kind: "boolean" },
    { name: "outcome", kind: "text" },
    { name: "note", kind: "text" },
    { name: "size_bytes", kind: "integer" },
    { name: "modified_utc", kind: "utc" },
    { name: "received_utc", kind: "utc" },
    { name: "sha256", kind: "text" },
  ];
  const rows = async function* () {
    for await (const page of files())
      yield page.map(({ row, entry, superseded }): Cell[] => [
        row.offset,
        row.name,
        row.revision,
        superseded,
        entry.status,
        entry.notes.map(({ message }) => message).join(" "),
        entry.size_bytes,
        entry.mtime_ms,
        entry.received_at_ms,
        row.sha256,
      ]);
  };
  return { name: "Files", columns, rows };
}

function notesSheet({ manifest }: ExportJob): Sheet {
  const names = [
    "kind",
    "offset",
    "file",
    "time",
    "electrode",
    "text",
    "concentration",
    "unit",
    "created_utc",
  ];
  const columns = names.map((name): SheetColumn => ({ name, kind: name === "time" ? "local-time" : "text" }));
  const rows = async function* () {
    yield manifest.notes.map(({ kind, at, electrode, text, concentration, unit, created_utc }): Cell[] => {
      const place = "offset" in at ? [at.offset, at.name, null] : [null, null, at.time_ms];
      return [kind, ...place, electrode, text, concentration, unit, created_utc];
    });
  };
  return { name: "Notes", columns, rows };
}

/** None for a technique that has no summary, or in a piece. */
function trendsSheet({ manifest }: ExportJob): Sheet[] {
  const summary = manifest.trends?.summary ?? null;
  if (summary === null) return [];
  const rows = async function* () {
    yield summaryRows(summary);
  };
  return [{ name: "Trends", columns: SUMMARY_COLUMNS, rows }];
}

function parametersSheet({ manifest }: ExportJob): Sheet {
  const rows = Object.entries({ parameter_version: manifest.parameter_version, ...manifest.params });
  return listSheet("Parameters", rows);
}

function manifestSheet({ manifest }: ExportJob): Sheet {
  const { params: _, columns: __, notes: ___, trends, ...said } = manifest;
  // A cell holds 32,767 characters; the summary has a sheet of its own.
  const { summary: ____, ...derivation } = trends ?? {};
  return listSheet("Manifest", flat("", { ...said, trends: trends && derivation }));
}

function listSheet(name: string, entries: readonly (readonly [string, unknown])[]): Sheet {
  const columns: SheetColumn[] = [
    { name: "name", kind: "text" },
    { name: "value", kind: "number" },
  ];
  const rows = async function* () {
    yield entries.map(([key, value]): Cell[] => [key, plainCell(value)]);
  };
  return { name, columns, rows };
}

/** Nested fields as one list, their names joined by points. */
function flat(prefix: string, fields: object): (readonly [string, unknown])[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    return isNested ? flat(`${prefix}${name}.`, value) : [[prefix + name, value] as const];
  });
}

function plainCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  return JSON.stringify(value);
}
