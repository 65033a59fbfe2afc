/** A Gamry DTA file taken apart: its header, and where its tables stand. */

import { decodeText, decodeToBytes } from "./decode.ts";
import { readNumber } from "./header-number.ts";
import { emptyFile, unfinished } from "./parse-failure.ts";
import type { Encoding, ParseFailure } from "./scan.ts";
import { asciiOf, HEADER_BYTES, LINE_END, lineEnd, nextLine } from "./text-line.ts";

/** One `<label> TABLE [n]` with the lines below it. */
export interface GamryTable {
  readonly label: string;
  /** Rows that the label's line announces: what was planned, not what is there. */
  readonly announcedRows: number | null;
  /** Line of the column names, counted from 1. */
  readonly namesLine: number;
  /** Column names; the first is empty, because every row begins with a TAB. Empty when they are not there yet. */
  readonly names: readonly string[];
  readonly units: readonly string[];
  /** Rows stand from here up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  /** Rows that have their line end. */
  readonly finishedRows: number;
}

export interface GamryFile {
  readonly ok: true;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  /** Text of `NAME<TAB>TYPE<TAB>VALUE` by name; `TAG` is its own value. */
  readonly header: ReadonlyMap<string, string>;
  readonly tables: readonly GamryTable[];
  /** The instrument wrote that a person stopped the experiment: nothing follows. */
  readonly aborted: boolean;
}

type OpenTable = { -readonly [Key in keyof GamryTable]: GamryTable[Key] };

const TAB = 0x09;
const UPPER_A = 0x41;
const UPPER_E = 0x45;
const UPPER_T = 0x54;
const UPPER_X = 0x58;
/** A label, its word and its number; no line that matters is longer. */
const LONGEST_MARK = 120;
/** Column names of the widest table are 13; a line past this is none. */
const LONGEST_NAMES = 4096;
/** Values are numbers, clocks and short labels. */
const LONGEST_VALUE = 120;
/** A cycle has a table of its own. */
export const MOST_TABLES = 5_000;

/** Finds the tables and reads the header above the first one. */
export function openGamryFile(bytes: Uint8Array): GamryFile | ParseFailure {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const found = findTables(decoded.bytes);
  const head = decodeText(decoded.bytes.subarray(0, Math.min(found.headerEnd, HEADER_BYTES)));
  if (!head.ok) return head;
  const lines = head.text.split(LINE_END);
  if (lines.every((line) => line.trim() === "")) return emptyFile();
  if (found.tables.length === 0) {
    return unfinished(`No table (a line such as "CURVE<TAB>TABLE") stands below the header`, lines.length);
  }
  const { tables, aborted } = found;
  const encoding = decoded.wide ?? head.encoding;
  return { ok: true, encoding, bytes: decoded.bytes, header: readHeader(lines), tables, aborted };
}

/** A number of the header; the decimal comma of the PC's locale is understood. */
export function headerNumber(file: GamryFile, name: string): number | null {
  return readNumber(file.header.get(name) ?? "", true);
}

function findTables(bytes: Uint8Array): { tables: GamryTable[]; headerEnd: number; aborted: boolean } {
  const tables: OpenTable[] = [];
  let headerEnd = bytes.length;
  let open: OpenTable | undefined;
  let aborted = false;
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = lineEnd(bytes, start);
    const next = nextLine(bytes, end);
    if (bytes[start] === TAB) {
      if (open) addLine(open, bytes, { start, end, next, line });
    } else if (end > start) {
      open = undefined;
      const [label, word, value] = end < bytes.length ? markOf(bytes, start, end) : [];
      if (word === "TABLE" && tables.length <= MOST_TABLES) {
        if (tables.length === 0) headerEnd = start;
        open = newTable(label, value, next, line);
        tables.push(open);
      } else if (label === "EXPERIMENTABORTED") aborted ||= value === "T";
    }
    start = next;
  }
  return { tables, headerEnd, aborted };
}

/** Cells of a line that starts a table or ends the experiment; none for the many lines that do neither. */
function markOf(bytes: Uint8Array, start: number, end: number): string[] {
  const line = bytes.subarray(start, Math.min(end, start + LONGEST_MARK));
  const tab = line.indexOf(TAB);
  const [first, second] = [bytes[start + tab + 1], bytes[start + tab + 2]];
  const isTable = first === UPPER_T && second === UPPER_A;
  const isAbort = bytes[start] === UPPER_E && bytes[start + 1] === UPPER_X;
  if (tab < 0 || !(isTable || isAbort)) return [];
  return asciiOf(line, 0, line.length)
    .split("\t")
    .map((cell) => cell.trim());
}

function newTable(
  label: string | undefined,
  rows: string | undefined,
  next: number,
  line: number,
): OpenTable {
  const announced = readNumber(rows ?? "", false);
  return {
    label: label ?? "",
    announcedRows: announced !== null && announced > 0 ? announced : null,
    namesLine: line + 1,
    names: [],
    units: [],
    start: next,
    end: next,
    finishedRows: 0,
  };
}

/** The first line below a label names the columns, the second their units; the others are rows. */
function addLine(
  table: OpenTable,
  bytes: Uint8Array,
  { start, end, next, line }: { start: number; end: number; next: number; line: number },
): void {
  const isFinished = end < bytes.length;
  if (line > table.namesLine + 1) {
    table.end = Math.min(next, bytes.length);
    if (isFinished) table.finishedRows++;
    return;
  }
  if (!isFinished) return;
  const cells = asciiOf(bytes, start, Math.min(end, start + LONGEST_NAMES)).split("\t");
  const trimmed = cells.map((cell) => cell.trim());
  if (line === table.namesLine) table.names = trimmed;
  else table.units = trimmed;
  table.start = table.end = next;
}

/** Lines of notes begin with a TAB; other lines that are no fields have no name before one. */
function readHeader(lines: readonly string[]): Map<string, string> {
  const header = new Map<string, string>();
  for (const line of lines) {
    const [name = "", type = "", value = ""] = line.split("\t", 3);
    if (name === "" || type === "" || header.has(name)) continue;
    header.set(name, (name === "TAG" ? type : value).trim().slice(0, LONGEST_VALUE));
  }
  return header;
}
