import type { SessionLog } from "./session-log.ts";
import type { Trend } from "./trend.ts";

/**
 * The scans of a trend in rounds, newest first: neighbours with one file number were measured as one round.
 *
 * @param most rounds wanted
 * @param skip rounds to leave out before the first
 */
export function latestRounds(log: SessionLog, trend: Trend, most: number, skip: number): number[][] {
  const rounds: number[][] = [];
  let number = Number.NaN;
  let seen = 0;
  for (let i = trend.offsets.length - 1; i >= 0; i--) {
    const offset = trend.offsets.at(i);
    const fileNumber = log.entry(offset, "file_number");
    if (fileNumber === number) {
      if (seen > skip) rounds.at(-1)?.unshift(offset);
      continue;
    }
    number = fileNumber; // NaN differs from itself: a file without a number is a round of its own
    seen += 1;
    if (rounds.length === most) break;
    if (seen > skip) rounds.push([offset]);
  }
  return rounds;
}

/** How many rounds there are. */
export function countRounds(log: SessionLog, trend: Trend): number {
  let count = 0;
  for (let i = 0; i < trend.offsets.length; i++) {
    const same =
      log.entry(trend.offsets.at(i), "file_number") === log.entry(trend.offsets.at(i - 1), "file_number");
    if (i === 0 || !same) count += 1;
  }
  return count;
}
