/** What a potential does over a scan, for files that do not name their technique. */

export type SweepShape = "still" | "one-way" | "turns";

/** A held potential is measured with a few mV of noise; no sweep is as short. */
const STILL_V = 0.01;
/** Noise of a measured potential turns, too: a turn goes back by more than this part of the whole range. */
const TURN_PART = 0.05;

/** `turns` when the potential goes back by more than a twentieth of its range. */
export function sweepShape(potentials_v: Float64Array): SweepShape {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const potential of potentials_v) {
    low = Math.min(low, potential);
    high = Math.max(high, potential);
  }
  if (!(high - low > STILL_V)) return "still";
  const back = (high - low) * TURN_PART;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [fell, rose] = [false, false];
  for (const potential of potentials_v) {
    lowest = Math.min(lowest, potential);
    highest = Math.max(highest, potential);
    if (potential < highest - back) fell = true;
    if (potential > lowest + back) rose = true;
    if (fell && rose) return "turns";
  }
  return "one-way";
}
