import type { ExportColumn } from "../../shared/protocol/export-manifest.ts";
import { RESULT_FLAGS, RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { ExportRow } from "./export-row.ts";

/** The columns of the tidy table: one row per file, scan and electrode, SI units, nothing where there is nothing. */

/** Times are ms since 1970. */
export type Cell = string | number | boolean | null;

export interface Column extends ExportColumn {
  readonly value: (row: ExportRow) => Cell;
}

/** What the session alone decides stands in the manifest of the formats that carry one; a CSV has no other place. */
export interface SessionColumn extends Column {
  readonly constant: true;
}

/** Fields of results that are told in words, or that the file's own columns say. */
const SAID_OTHERWISE = ["offset", "kind", "flags"];
const WHOLE_NUMBERS = ["scan", "electrode", "segment", "sweep", "direction"];

export function tableColumns(table: NumericTable<string>): Column[] {
  const results = table.fields.filter((field) => !SAID_OTHERWISE.includes(field));
  return [
    column("offset", "integer", ({ file }) => file.row.offset),
    column("file", "text", ({ file }) => file.row.name),
    column("file_number", "number", ({ file }) => file.entry.file_number),
    column("revision", "integer", ({ file }) => file.row.revision),
    column("superseded", "boolean", ({ file }) => file.superseded),
    column("same_content_as", "integer", ({ file }) => file.row.same_content_as),
    column("instrument_time", "local-time", ({ file }) => file.entry.started_at_ms),
    column("modified_utc", "utc", ({ file }) => file.entry.mtime_ms),
    column("received_utc", "utc", ({ file }) => file.entry.received_at_ms),
    column("outcome", "text", outcomeOf(table)),
    ...results.map((field) => resultColumn(table, field)),
    column("flags", "text", flagsOf(table)),
    column("note", "text", ({ file }) => file.entry.notes.map(({ message }) => message).join(" ")),
    column("sha256", "text", ({ file }) => file.row.sha256),
  ];
}

/** Method and parameters, the same in every row. */
export function sessionColumns(version: number, params: object): SessionColumn[] {
  const { method, ...others } = params as Record<string, unknown>; // parameters are plain JSON objects
  const columns = [
    column("method", "text", () => String(method ?? "")),
    column("parameter_version", "integer", () => version),
    ...Object.entries(others).map(([name, value]) => paramColumn(`param_${name}`, value)),
  ];
  return columns.map((one) => ({ ...one, constant: true }));
}

function paramColumn(name: string, value: unknown): Column {
  if (typeof value === "number") return column(name, "number", () => value);
  if (typeof value === "boolean") return column(name, "boolean", () => value);
  const text = value === null || typeof value === "string" ? value : JSON.stringify(value);
  return column(name, "text", () => text);
}

function resultColumn(table: NumericTable<string>, field: string): Column {
  const index = table.fields.indexOf(field);
  const value = ({ values, at }: ExportRow) => present(values?.[at + index]);
  // The frequency of a file without results is known from its name or header.
  if (field === "frequency_hz")
    return column(field, "number", (row) => (row.values === null ? row.file.entry.frequency_hz : value(row)));
  return column(field, WHOLE_NUMBERS.includes(field) ? "integer" : "number", value);
}

function outcomeOf(table: NumericTable<string>): Column["value"] {
  const index = table.fields.indexOf("kind");
  return ({ file, values, at }) =>
    values === null ? file.entry.status : (RESULT_KINDS[values[at + index] ?? -1] ?? null);
}

function flagsOf(table: NumericTable<string>): Column["value"] {
  const index = table.fields.indexOf("flags");
  const names = Object.entries(RESULT_FLAGS);
  return ({ values, at }) => {
    const bits = values?.[at + index] ?? 0;
    if (!(bits > 0)) return "";
    return names
      .filter(([, bit]) => (bits & bit) !== 0)
      .map(([name]) => name)
      .join(" ");
  };
}

function present(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function column(name: string, kind: ExportColumn["kind"], value: Column["value"]): Column {
  return { name, kind, unit: unitOf(name), value };
}

const UNITS: Readonly<Record<string, string>> = { hz: "Hz", v: "V", a: "A", av: "A·V", c: "C", s: "s" };

/** Names end in their unit. */
function unitOf(name: string): string | null {
  return UNITS[/_([a-z]+)$/.exec(name)?.[1] ?? ""] ?? null;
}
