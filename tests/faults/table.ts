import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** All faults in the order of the table. */
export const FAULTS = [
  "agent killed with -9",
  "hub killed with -9",
  "Redis killed with -9",
  "Redis emptied (FLUSHALL)",
  "power cut (embedded store)",
  "hub restarted (SIGTERM)",
  "agent stands still",
  "hub stands still",
  "Redis stands still",
  "network cut",
  "half-open connections",
  "writes of 1 to 16 bytes, 200 ms away",
  "64 kbit/s",
  "every second ack lost",
  "folder full at the start",
  "agent killed 20 times in one catch-up",
  "burst while the agent stands still",
  "files that grow, with pauses",
  "rewritten with the same size and time",
  "A → B → A",
  "crash at every call of the agent",
  "crash at every call of the hub to its store",
  "viewer that does not read",
  "viewer that asks and does not read",
  "viewer dropped again and again, joins late",
  "malformed messages to the hub",
  "malformed messages to the agent",
] as const;
export type FaultName = (typeof FAULTS)[number];

/** One line of the table. Null: has no meaning for this fault. */
export interface FaultRow {
  readonly fault: FaultName;
  /** What exactly was done: how often, how long. */
  readonly rounds: string;
  readonly written: number;
  readonly acked: number | null;
  readonly lost: number;
  readonly duplicated: number;
  readonly stalenessMs: number | null;
  /** Said below the table. */
  readonly note?: string;
}

/** A fault that the machine cannot have. */
export interface NotRun {
  readonly fault: FaultName;
  /** Why, in the system's words. */
  readonly notRun: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** File to which every scenario appends its row, as a line of JSON. */
    faultRows: string;
  }
}

/** Before the scenarios: a place for their rows. After them: the table, printed and where `--table` says. */
export default function collectRows(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "benchcast-faults-"));
  const file = join(folder, "rows.jsonl");
  writeFileSync(file, "");
  project.provide("faultRows", file);
  return () => {
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    rmSync(folder, { recursive: true, force: true });
    if (lines.length === 0) return;
    const table = renderTable(lines.map((line): FaultRow | NotRun => JSON.parse(line)));
    process.stdout.write(`\n${table}\n`);
    const target = process.env.FAULTS_TABLE;
    if (target !== undefined) writeFileSync(target, table);
  };
}

/** The table as Markdown, in the order of `FAULTS`, with the notes below. */
export function renderTable(all: readonly (FaultRow | NotRun)[]): string {
  const sorted = [...all].sort((a, b) => FAULTS.indexOf(a.fault) - FAULTS.indexOf(b.fault));
  const notes = sorted.flatMap((row) =>
    "notRun" in row || row.note === undefined ? [] : [`- ${row.fault}: ${row.note}`],
  );
  return document(sorted.map(cellsOf).map(line), notes);
}

/** Tables of several runs as one, in the order of `FAULTS`; of a fault that is in more than one the last counts. */
export function mergeTables(tables: readonly string[]): string {
  const lines = tables.flatMap((table) => table.split("\n")).reverse();
  const first = (start: string) => lines.find((text) => text.startsWith(start)) ?? [];
  return document(
    FAULTS.flatMap((fault) => first(`| ${fault} |`)),
    FAULTS.flatMap((fault) => first(`- ${fault}: `)),
  );
}

const HEAD = [
  "fault",
  "rounds",
  "files written",
  "acked",
  "lost",
  "duplicated",
  "longest staleness of a viewer",
];

function document(rows: readonly string[], notes: readonly string[]): string {
  const lines = [line(HEAD), line(HEAD.map(() => "---")), ...rows];
  return `${[...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n")}\n`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cellsOf(row: FaultRow | NotRun): readonly string[] {
  if ("notRun" in row) return [row.fault, `not run: ${row.notRun}`, "–", "–", "–", "–", "–"];
  return [
    row.fault,
    row.rounds,
    count(row.written),
    row.acked === null ? "–" : count(row.acked),
    count(row.lost),
    count(row.duplicated),
    row.stalenessMs === null ? "–" : `${(row.stalenessMs / 1_000).toFixed(1)} s`,
  ];
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
