import type { Cell, Column } from "./columns.ts";
import type { ExportJob } from "./export-job.ts";
import { numberText, timeText } from "./number-text.ts";

/** Tidy CSV (RFC 4180, UTF-8): its first line names the columns, with the parameters in the last of them. */
export async function* writeCsv(job: ExportJob): AsyncGenerator<string> {
  const columns = [...job.columns, ...job.constants];
  yield `${columns.map(({ name }) => name).join(",")}\r\n`;
  for await (const rows of job.rows()) {
    let text = "";
    for (const row of rows) {
      for (const [index, column] of columns.entries()) {
        text += index === 0 ? "" : ",";
        text += csvCell(column.value(row), column.kind);
      }
      text += "\r\n";
    }
    yield text;
  }
}

/** What a spreadsheet takes for a formula, also in East Asian width (CWE-1236). */
const LIKE_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * One cell. Numbers stay numbers, also negative ones; a text that a spreadsheet would take for a formula is kept
 * from being one by a leading apostrophe.
 */
export function csvCell(value: Cell, kind: Column["kind"]): string {
  if (value === null) return "";
  if (typeof value === "number")
    return kind === "utc" || kind === "local-time" ? timeText(value, kind) : numberText(value);
  if (typeof value === "boolean") return String(value);
  const safe = LIKE_FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
