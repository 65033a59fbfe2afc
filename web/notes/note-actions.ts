import type { Note } from "../../shared/protocol/note.ts";
import type { Viewer } from "../stores/viewer.ts";
import { number } from "../trends/trend-words.ts";

/** What keys and buttons do about notes. */

/** Scans from which the lag between the scans' clock and the hub's is taken. */
const RECENT = 50;

/** The scan that the reader has put the cursor on; null while the latest is followed. */
export function pointedScan({ view }: Viewer): number | null {
  return view.hovered.value ?? view.pinned.value;
}

/** Marks an injection, or a remark, at the scan that was pointed at, else now, and opens its fields. */
export function mark(viewer: Viewer, kind: "injection" | "note" = "injection"): void {
  const { notes, sessions, mayControl } = viewer;
  const log = sessions.followed.value?.log;
  if (!mayControl.value || log === undefined || log.next === 0) return;
  const offset = pointedScan(viewer);
  const at = offset === null ? { time_ms: nowOnScanClock(viewer) } : { offset };
  const place = offset === null ? "now" : `at ${scanWords(viewer, offset)}`;
  const unit = notes.params.value.unit;
  const what = kind === "injection" ? "Injection marked" : "Remark made";
  notes.edited.value = notes.add({ kind, at, ...(kind === "injection" && { unit }) }, `${what} ${place}.`);
}

/** Asks for the reason why the scan in view must not count. */
export function askToExclude({ notes, round, mayControl }: Viewer): void {
  if (mayControl.value) notes.excluding.value = round.focus.value;
}

/** `scan 12`, by its number where it has one. */
export function scanWords({ sessions }: Viewer, offset: number): string {
  const fileNumber = sessions.followed.value?.log.entry(offset, "file_number") ?? Number.NaN;
  return `scan ${Number.isNaN(fileNumber) ? offset + 1 : fileNumber}`;
}

/** How a mark is called on its label. */
export function markWords({ concentration, unit, text, kind }: Note): string {
  const amount = concentration === null ? "" : `${number(concentration)}\u202f${unit ?? ""}`.trim();
  return (
    [amount, text].filter((part) => part !== "").join(" ") || (kind === "injection" ? "Injection" : "Remark")
  );
}

/**
 * The present on the clock of the scans. What lies between that clock and the hub's is learned from the scans that
 * came in: at the quickest of the latest ones, least was waited for.
 */
function nowOnScanClock({ sessions, clock, view }: Viewer): number {
  const hubNowMs = Date.now() - clock.toLocalMs(0);
  const log = sessions.followed.value?.log;
  const trend = view.trend.value?.trend;
  if (log === undefined || trend === undefined || log.next === 0) return hubNowMs;
  let ahead = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for (let offset = Math.max(0, log.next - RECENT); offset < log.next; offset++) {
    const timeMs = trend.timeMs(offset);
    ahead = Math.max(ahead, timeMs - log.entry(offset, "received_at_ms"));
    latest = Math.max(latest, timeMs);
  }
  // What was marked now belongs behind what has come.
  return Math.max(latest + 1, hubNowMs + ahead);
}
