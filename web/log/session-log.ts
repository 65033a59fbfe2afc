import { ENTRY_STATUS, type EntryRow, EntryTable } from "../../shared/protocol/log-tables.ts";
import type { EntryNote } from "../../shared/protocol/viewer-events.ts";
import { GrowableColumn } from "../../shared/trends/growable-column.ts";
import type { ReadPart } from "./log-part.ts";
import { Trace, type TraceKey, type TraceRow, traceKey, traceOf } from "./trace.ts";

/**
 * What became of a part. `gap`: entries before it are missing. `foreign`: it belongs to another epoch or version
 * than what is here; only the hub can say which of them counts, so the answer is to read, not to believe a push.
 */
export type Applied = "appended" | "seen" | "gap" | "foreign";

/**
 * One session's file log as this viewer has it: entries 0 to `next` without holes, results by trace. Parts may
 * come in any order, twice, or not at all; what they leave behind is always a beginning of the hub's log.
 */
export class SessionLog {
  epoch: string | null = null;
  version: number | null = null;
  /** Offset after the last entry that is here. */
  next = 0;
  /** Offset after the last entry of the hub's log, as far as is known. */
  head = 0;
  /** Grows when everything was thrown away: what was derived from the log must begin anew too. */
  generation = 0;
  readonly names: string[] = [];
  readonly traces = new Map<TraceKey, Trace>();
  readonly notes = new Map<number, EntryNote[]>();
  private entries = newEntryColumns();
  private readonly newest = new Map<string, number>();
  private readonly byFileNumber = new Map<number, number[]>();

  apply(part: ReadPart): Applied {
    if (this.epoch === null) {
      this.epoch = part.epoch;
      this.version = part.version;
    }
    if (part.epoch !== this.epoch || part.version !== this.version) return "foreign";
    this.head = Math.max(this.head, part.head);
    if (part.since > this.next) return "gap";
    if (part.next <= this.next) return "seen";
    this.append(part);
    return "appended";
  }

  /** Forgets everything: after a changed epoch old offsets mean nothing. */
  clear(): void {
    this.epoch = null;
    this.version = null;
    this.next = 0;
    this.head = 0;
    this.generation += 1;
    this.names.length = 0;
    this.traces.clear();
    this.notes.clear();
    this.newest.clear();
    this.byFileNumber.clear();
    this.entries = newEntryColumns();
  }

  /** Takes everything over from another log, which is not used any more: one picture follows the other. */
  become(other: SessionLog): void {
    this.clear();
    this.epoch = other.epoch;
    this.version = other.version;
    this.next = other.next;
    this.head = other.head;
    this.entries = other.entries;
    for (const name of other.names) this.names.push(name);
    takeOver(this.traces, other.traces);
    takeOver(this.notes, other.notes);
    takeOver(this.newest, other.newest);
    takeOver(this.byFileNumber, other.byFileNumber);
  }

  /** Column of the entry table; the row of an entry is its offset. */
  entryColumn(field: keyof EntryRow): GrowableColumn {
    const column = this.entries.get(field);
    if (column === undefined) throw new RangeError(`An entry has no field ${field}.`);
    return column;
  }

  entry(offset: number, field: keyof EntryRow): number {
    return this.entryColumn(field).at(offset);
  }

  /** Whether this entry is the newest revision of its name; older ones do not count in trends. */
  isCurrent(offset: number): boolean {
    return this.newest.get(this.names[offset] ?? "") === offset;
  }

  isAnalysed(offset: number): boolean {
    return this.entry(offset, "status") === ENTRY_STATUS.analysed;
  }

  /** Offsets of all files with this number, in the order of the log. */
  withFileNumber(fileNumber: number): readonly number[] {
    return this.byFileNumber.get(fileNumber) ?? [];
  }

  private append(part: ReadPart): void {
    const from = this.next;
    part.entries.forEach((entry, index) => {
      if (entry.offset >= from) this.appendEntry(entry, part.names[index] ?? "");
    });
    for (const result of part.results) if (result.offset >= from) this.appendResult(result);
    for (const note of part.notes) if (note.offset >= from) this.appendNote(note);
    this.next = part.next;
  }

  private appendEntry(entry: EntryRow, name: string): void {
    for (const [field, column] of this.entries) column.push(entry[field]);
    this.names.push(name);
    this.newest.set(name, entry.offset);
    if (Number.isNaN(entry.file_number)) return;
    const sameNumber = this.byFileNumber.get(entry.file_number);
    if (sameNumber === undefined) this.byFileNumber.set(entry.file_number, [entry.offset]);
    else sameNumber.push(entry.offset);
  }

  private appendResult(result: TraceRow): void {
    const id = traceOf(result);
    const key = traceKey(id);
    let trace = this.traces.get(key);
    if (trace === undefined) {
      trace = new Trace(id, result);
      this.traces.set(key, trace);
    }
    trace.append(result);
  }

  private appendNote(note: EntryNote): void {
    const notes = this.notes.get(note.offset);
    if (notes === undefined) this.notes.set(note.offset, [note]);
    else notes.push(note);
  }
}

function takeOver<Key, Value>(own: Map<Key, Value>, other: ReadonlyMap<Key, Value>): void {
  for (const [key, value] of other) own.set(key, value);
}

function newEntryColumns(): Map<keyof EntryRow, GrowableColumn> {
  return new Map(EntryTable.fields.map((field) => [field, new GrowableColumn()]));
}
