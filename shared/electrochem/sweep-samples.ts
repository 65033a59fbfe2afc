/** The samples of one electrode that an analysis looks at, by ascending potential. */
export interface SweepSamples {
  /** V, strictly ascending. */
  readonly potentials_v: Float64Array;
  /** A, same length. */
  readonly currents_a: Float64Array;
}

/** Which samples are kept. */
export interface SweepSelection {
  /** Samples dropped from the start of the sweep: the transient after the first potential step. */
  readonly skip_start: number;
  /** V; samples outside are dropped, null keeps all. */
  readonly window: readonly [lo: number, hi: number] | null;
}

/**
 * Drops the start of the sweep, keeps the window, sorts by potential and merges equal potentials by their mean.
 * A sample whose potential or current is not a finite number is dropped as well, so that one bad cell cannot
 * poison its neighbourhood. Potentials and currents in sweep order, same length; neither is changed.
 */
export function keepSamples(
  potentials: Float64Array,
  currents: Float64Array,
  selection: SweepSelection,
): SweepSamples {
  const kept = select(potentials, currents, selection);
  const order = orderOf(kept.potentials_v);
  if (order === "ascending") return kept;
  if (order === "mixed") return sortAndMerge(kept.potentials_v, kept.currents_a);
  return { potentials_v: kept.potentials_v.reverse(), currents_a: kept.currents_a.reverse() };
}

function select(potentials: Float64Array, currents: Float64Array, selection: SweepSelection): SweepSamples {
  const [lo, hi] = selection.window ?? [-Infinity, Infinity];
  const length = Math.min(potentials.length, currents.length);
  const start = Math.min(Math.max(0, selection.skip_start), length);
  const keptPotentials = new Float64Array(length - start);
  const keptCurrents = new Float64Array(length - start);
  let count = 0;
  for (let i = start; i < length; i++) {
    const potential = potentials[i]!;
    const current = currents[i]!;
    if (!Number.isFinite(potential) || !Number.isFinite(current)) continue;
    if (!(potential >= lo && potential <= hi)) continue;
    keptPotentials[count] = potential;
    keptCurrents[count++] = current;
  }
  return { potentials_v: cutTo(keptPotentials, count), currents_a: cutTo(keptCurrents, count) };
}

/** The first `count` values with no unused memory behind them: results are transferred between threads. */
function cutTo(values: Float64Array, count: number): Float64Array {
  return count === values.length ? values : values.slice(0, count);
}

/** Strictly ascending or descending, or `mixed` with repeats and turns. */
function orderOf(values: Float64Array): "ascending" | "descending" | "mixed" {
  if (values.length < 2) return "ascending";
  const falling = values[1]! < values[0]!;
  for (let i = 1; i < values.length; i++) {
    const step = values[i]! - values[i - 1]!;
    if (falling ? !(step < 0) : !(step > 0)) return "mixed";
  }
  return falling ? "descending" : "ascending";
}

/** The rare way: measured potentials that repeat or go back and forth, or rows in no order. */
function sortAndMerge(potentials: Float64Array, currents: Float64Array): SweepSamples {
  const order = Uint32Array.from(potentials.keys()).sort((a, b) => potentials[a]! - potentials[b]!);
  const mergedPotentials = new Float64Array(order.length);
  const mergedCurrents = new Float64Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; ) {
    const potential = potentials[order[i]!]!;
    let sum = 0;
    let next = i;
    while (next < order.length && potentials[order[next]!]! === potential) sum += currents[order[next++]!]!;
    mergedPotentials[count] = potential;
    mergedCurrents[count++] = sum / (next - i);
    i = next;
  }
  return { potentials_v: cutTo(mergedPotentials, count), currents_a: cutTo(mergedCurrents, count) };
}
