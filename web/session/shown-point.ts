import { scanText } from "../log/scan-text.ts";
import type { Viewer } from "../stores/viewer.ts";
import type { ShownLine } from "../trends/shown-line.ts";

/** What is read off a line for the scan that the page names. */
export interface ShownPoint {
  /** NaN: it has none there. */
  readonly value: number;
  /** The scan that the value comes from where that is another one than the named: `No. 37`. */
  readonly elsewhere: string | null;
}

/**
 * The value of a line at the scan in view. While a round is being measured a line may still be one scan behind the
 * newest: then its value goes with the name of its own scan, since a number beside a name must be of that scan.
 */
export function shownPoint(viewer: Viewer, { line, band }: ShownLine): ShownPoint {
  const { round, trends, sessions } = viewer;
  const focus = round.focus.value;
  const log = sessions.followed.value?.log;
  const nothing = { value: Number.NaN, elsewhere: null };
  if (focus === null || log === undefined) return nothing;
  const { offsets, keys, ys } = line;
  const ofRound = new Set(round.offsets.value);
  let at = offsets.findIndex((offset) => ofRound.has(offset));
  const isCombined = band !== null || trends.signal.value === "ratio" || trends.signal.value === "kdm";
  if (isCombined && round.latest.value) {
    // What is made of several files is there when the last of them is.
    at = ys.findLastIndex((value) => !Number.isNaN(value));
  } else if (isCombined && at < 0) {
    at = keys.indexOf(trends.derived.value?.placed.keys[focus] ?? Number.NaN);
  }
  if (at < 0) return nothing;
  return { value: ys[at] ?? Number.NaN, elsewhere: otherScan(viewer, offsets[at] ?? focus) };
}

/** How the scan of a file is called where it is not the one that the page names; null where it is. */
export function otherScan({ round, sessions }: Viewer, offset: number): string | null {
  const focus = round.focus.value;
  const log = sessions.followed.value?.log;
  if (focus === null || log === undefined) return null;
  const own = scanText(log, offset);
  return own === scanText(log, focus) ? null : own;
}
