import type { Cell, Column } from "./columns.ts";
import { numberText } from "./number-text.ts";

/** Sheets of a spreadsheet file (ECMA-376), as text in pieces: typed cells, nothing shared between rows. */

/** Rows that one sheet can have. */
export const SHEET_ROWS = 1_048_576;
/** Longest text of one cell. */
const CELL_LENGTH = 32_767;

/** Cell formats, by their place in the styles of xlsx-parts.ts. */
export const STYLE = { plain: 0, heading: 1, time: 2, quoted: 3 } as const;

type SheetColumn = Pick<Column, "name" | "kind">;

/** Everything before the first row: the heading stays in sight, columns are as wide as their names. */
export function sheetHead(columns: readonly SheetColumn[]): string {
  const widths = columns.map(({ name, kind }, index) => {
    const width = Math.max(name.length + 2, kind === "utc" || kind === "local-time" ? 22 : 8);
    return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`;
  });
  return (
    `${XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<cols>${widths.join("")}</cols><sheetData>${headingRow(columns.map(({ name }) => name))}`
  );
}

export const SHEET_END = "</sheetData></worksheet>";
export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** @param number of the row, from 1; the heading is row 1 */
export function sheetRow(number: number, cells: readonly Cell[], columns: readonly SheetColumn[]): string {
  let text = `<row r="${number}">`;
  for (const [index, cell] of cells.entries())
    text += cellXml(`${letters(index)}${number}`, cell, columns[index]?.kind ?? "text");
  return `${text}</row>`;
}

function headingRow(names: readonly string[]): string {
  const cells = names.map((name, index) => textXml(`${letters(index)}1`, name, STYLE.heading));
  return `<row r="1">${cells.join("")}</row>`;
}

function cellXml(place: string, cell: Cell, kind: Column["kind"]): string {
  if (cell === null || cell === "") return "";
  if (typeof cell === "boolean") return `<c r="${place}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === "string")
    return textXml(place, cell, LIKE_FORMULA.test(cell) ? STYLE.quoted : STYLE.plain);
  if (!Number.isFinite(cell)) return "";
  if (kind === "utc" || kind === "local-time")
    return `<c r="${place}" s="${STYLE.time}"><v>${numberText(serialDay(cell))}</v></c>`;
  return `<c r="${place}"><v>${numberText(cell)}</v></c>`;
}

/** Typed as text it is no formula; quoted, it stays none when somebody edits the cell. */
const LIKE_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function textXml(place: string, text: string, style: number): string {
  const kept = escaped(text.slice(0, CELL_LENGTH));
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${kept}</t></is></c>`;
}

/** Days since 1899-12-30, as spreadsheets count; the day that 1900 did not have is long before. */
function serialDay(ms: number): number {
  return ms / 86_400_000 + 25_569;
}

const COLUMN_LETTERS: string[] = [];

/** A, B, … Z, AA, … */
export function letters(index: number): string {
  const known = COLUMN_LETTERS[index];
  if (known !== undefined) return known;
  const last = String.fromCharCode(65 + (index % 26));
  const name = index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
  COLUMN_LETTERS[index] = name;
  return name;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML text. What XML cannot say at all is written as spreadsheets write it: `_x0001_`. */
export function escaped(text: string): string {
  return (
    text
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what XML cannot carry
      .replace(/[\u0000-\u0008\u000b\u000c\u000d\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, (character) => {
        const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
        return `_x${code}_`;
      })
      .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
  );
}
