import type { Injection } from "../electrochem/injection-steps.ts";
import type { Note, NotePlace } from "../protocol/note.ts";
import { concentrationIn } from "./concentration-units.ts";
import type { PlacedFiles } from "./placed-files.ts";
import type { TrendFiles } from "./trend-log.ts";

/** An axis that files stand along. */
export interface FileAxis {
  readonly xs: Float64Array;
  /** How x runs with time; null where it counts files. */
  readonly perMs: number | null;
}

/**
 * Where a note stands among scans. Where an axis counts files, a moment between two scans stands halfway
 * between them. A mark at a scan stands at the first scan of its round: what was added counts from there on.
 *
 * @returns x along that axis; null while the file is not here, or is not the one that was meant
 */
export function markX(
  at: NotePlace,
  files: Pick<TrendFiles, "names" | "entry">,
  placed: Pick<PlacedFiles, "current" | "keys" | "timesMs">,
  axis: FileAxis,
): number | null {
  if ("time_ms" in at) return momentX(at.time_ms, placed.current, placed.timesMs, axis);
  const { xs } = axis;
  if (files.names[at.offset] !== at.name || at.offset >= xs.length) return null;
  return Math.min(...roundOf(at.offset, files, placed).map((offset) => xs[offset]!));
}

/**
 * A file and those that were measured with it: of each other frequency the file with its number. Where a number
 * repeats, as where several series stand in one session, the k-th by name belongs to the k-th of the others.
 */
function roundOf(
  offset: number,
  files: Pick<TrendFiles, "names" | "entry">,
  { current, keys }: Pick<PlacedFiles, "current" | "keys">,
): number[] {
  const frequencyOf = (one: number) => files.entry(one, "frequency_hz") || 0;
  const own = files.names[offset] ?? "";
  const ofFrequencies = new Map<number, { readonly name: string; readonly offset: number }[]>();
  let turn = 0;
  for (let other = 0; other < keys.length; other++) {
    if (current[other] === 0 || keys[other] !== keys[offset]) continue;
    const name = files.names[other] ?? "";
    const frequencyHz = frequencyOf(other);
    if (frequencyHz !== frequencyOf(offset))
      ofFrequencies.set(frequencyHz, [...(ofFrequencies.get(frequencyHz) ?? []), { name, offset: other }]);
    else if (name < own) turn += 1;
  }
  const mates = [...ofFrequencies.values()].flatMap(
    (group) => group.sort((a, b) => (a.name < b.name ? -1 : 1))[turn]?.offset ?? [],
  );
  return [offset, ...mates];
}

function momentX(
  timeMs: number,
  current: Float64Array,
  timesMs: Float64Array,
  { xs, perMs }: FileAxis,
): number | null {
  let [before, after] = [-1, -1];
  for (let offset = 0; offset < xs.length; offset++) {
    if (current[offset] === 0) continue;
    const ms = timesMs[offset]!;
    if (ms < timeMs && (before < 0 || ms > timesMs[before]!)) before = offset;
    if (ms >= timeMs && (after < 0 || ms < timesMs[after]!)) after = offset;
  }
  const anchor = before < 0 ? after : before;
  if (anchor < 0) return null;
  if (perMs !== null) return xs[anchor]! + perMs * (timeMs - timesMs[anchor]!);
  if (before < 0) return xs[after]!;
  return after < 0 ? xs[before]! + 0.5 : (xs[before]! + xs[after]!) / 2;
}

/**
 * The injections among notes, along the axis of the trend settings. What was marked in another unit is converted; where
 * that cannot be done the concentration counts as unknown (`strangeUnits` tells of it).
 *
 * @param unit that the calibration is in
 */
export function injectionsOf(
  notes: readonly Note[],
  files: TrendFiles,
  placed: PlacedFiles,
  unit: string,
): Injection[] {
  return injectionNotes(notes).flatMap((note) => {
    const x = markX(note.at, files, placed, placed);
    const { concentration } = note;
    const converted = concentration === null ? null : concentrationIn(unit, concentration, note.unit);
    return x === null ? [] : [{ x, concentration: converted }];
  });
}

/** Units of injections that cannot be brought to the calibration's, each once. */
export function strangeUnits(notes: readonly Note[], unit: string): readonly string[] {
  const strange = injectionNotes(notes).flatMap(({ concentration, unit: own }) =>
    concentration !== null && own !== null && concentrationIn(unit, concentration, own) === null ? [own] : [],
  );
  return [...new Set(strange)];
}

function injectionNotes(notes: readonly Note[]): readonly Note[] {
  return notes.filter(({ kind, removed }) => kind === "injection" && !removed);
}
