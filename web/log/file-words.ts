import { ENTRY_STATUS } from "../../shared/protocol/log-tables.ts";
import type { EntryNote } from "../../shared/protocol/viewer-events.ts";
import type { SessionLog } from "./session-log.ts";

/** Why a file gave no result; null for one that was analysed. */
export function withoutResultWords(log: SessionLog, offset: number): string | null {
  if (log.isAnalysed(offset)) return null;
  const notes = log.notes.get(offset) ?? [];
  if (notes.length > 0) return notes.map(noteText).join(" ");
  return log.entry(offset, "status") === ENTRY_STATUS.skipped ? "Skipped: another technique." : "Failed.";
}

function noteText({ message, line }: EntryNote): string {
  return line === null ? message : `${message} (line ${line})`;
}
