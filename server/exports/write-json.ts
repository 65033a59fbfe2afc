import type { Cell, Column } from "./columns.ts";
import type { ExportJob } from "./export-job.ts";
import { numberText, timeText } from "./number-text.ts";

/**
 * One JSON document: `manifest`, the names of the `columns`, the `rows` as arrays in their order. Read it with
 * `pandas.DataFrame(document["rows"], columns=document["columns"])`.
 */
export async function* writeJson(job: ExportJob): AsyncGenerator<string> {
  const { manifest, columns } = job;
  yield `{"manifest":${JSON.stringify(manifest)},\n`;
  yield `"columns":${JSON.stringify(columns.map(({ name }) => name))},\n"rows":[`;
  let first = true;
  for await (const rows of job.rows()) {
    let text = "";
    for (const row of rows) {
      const cells = columns.map((column) => jsonCell(column.value(row), column.kind));
      text += `${first ? "\n" : ",\n"}[${cells.join(",")}]`;
      first = false;
    }
    yield text;
  }
  yield "\n]}\n";
}

/** JSON has no number that is none: absent and infinite are null. */
export function jsonCell(value: Cell, kind: Column["kind"]): string {
  if (typeof value !== "number") return JSON.stringify(value);
  if (kind === "utc" || kind === "local-time") return JSON.stringify(timeText(value, kind) || null);
  return Number.isFinite(value) ? numberText(value) : "null";
}
