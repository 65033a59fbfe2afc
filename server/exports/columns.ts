import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import type { ExportColumn } from "../../shared/protocol/export-manifest.ts";
import { RESULT_FLAGS, RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import type { Note } from "../../shared/protocol/note.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { ExportRow } from "./export-row.ts";
import type { TrendTable } from "./trend-columns.ts";

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

/** @param trends the derived numbers of pulse techniques; null where there are none */
export function tableColumns(
  technique: SessionTechnique,
  table: NumericTable<string>,
  trends: TrendTable | null,
): Column[] {
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
    ...derivedColumns(technique, table, trends),
    column("flags", "text", flagsOf(table)),
    column("note", "text", ({ file }) => file.entry.notes.map(({ message }) => message).join(" ") || null),
    column("excluded", "boolean", (row) => exclusionsOf(row, table).length > 0),
    column("reason", "text", (row) => reasonsOf(row, table)),
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

/** What follows from the results, by the formulas of the screen. */
function derivedColumns(
  technique: SessionTechnique,
  table: NumericTable<string>,
  trends: TrendTable | null,
): Column[] {
  const [scanAt = 0, electrodeAt = 0, frequencyAt = 0] = ["scan", "electrode", "frequency_hz"].map((field) =>
    table.fields.indexOf(field),
  );
  if (technique === "cv" || technique === "lsv") return pairColumns();
  const columns: Column[] = [];
  if (technique === "frequency-map") {
    const heightAt = table.fields.indexOf("peak_height_a");
    const charge = ({ values, at }: ExportRow) =>
      present((values?.[at + heightAt] ?? Number.NaN) / (values?.[at + frequencyAt] ?? Number.NaN));
    columns.push(column("charge_c", "number", charge));
  }
  if (trends === null) return columns;
  const cells = ({ file, values, at }: ExportRow) => {
    if (values === null) return null;
    return trends.cells(
      { offset: file.row.offset, scan: values[at + scanAt] ?? 0 },
      values[at + electrodeAt] ?? Number.NaN,
      present(values[at + frequencyAt]),
    );
  };
  const names = ["normalised", "normalised_corrected", "ratio", "kdm"] as const;
  return [...columns, ...names.map((name) => column(name, "number", (row) => cells(row)?.[name] ?? null))];
}

/** In the rows of a pair's first segment. */
function pairColumns(): Column[] {
  const names = ["peak_separation_v", "half_wave_potential_v", "height_ratio", "nicholson_ratio"] as const;
  return names.map((name) =>
    column(`pair_${name}`, "number", ({ file, at }) => present(file.pairs?.get(at)?.[name] ?? undefined)),
  );
}

function exclusionsOf({ file, values, at }: ExportRow, table: NumericTable<string>): readonly Note[] {
  if (file.exclusions.length === 0) return file.exclusions;
  const own = values?.[at + table.fields.indexOf("electrode")];
  return file.exclusions.filter(({ electrode }) => electrode === null || electrode === own);
}

function reasonsOf(row: ExportRow, table: NumericTable<string>): string | null {
  const reasons = exclusionsOf(row, table).map(({ text }) => text);
  return reasons.length === 0 ? null : reasons.join("; ");
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
    if (!(bits > 0)) return null;
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
