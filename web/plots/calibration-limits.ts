import { type Limits, steppedLimits } from "./stepped-limits.ts";

/** Free space below the lowest and above the highest level, as a part of their span. */
const LEVEL_ROOM = 0.08;

/** Not farther than the next step, as a blank of about 0 would bring a whole step below 0 that holds nothing. */
export function calibrationLimits(levels: readonly number[]): Limits {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const stepped = steppedLimits(low, high, null);
  if (low === high) return stepped;
  const room = LEVEL_ROOM * (high - low);
  return [Math.max(stepped[0], low - room), Math.min(stepped[1], high + room)];
}
