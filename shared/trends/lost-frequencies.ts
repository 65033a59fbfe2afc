/** Files to either side of a lost one, within its numbering, that tell where it belongs; more frequencies take no turns. */
const WINDOW = 32;

/** A file of one numbering. `frequency` null: lost, as it could not be read and its name does not tell. */
interface Numbered {
  readonly number: number;
  readonly frequency: number | null;
}

/**
 * The frequencies of files that could not be read, by the regularity of their numbering: so that such a file leaves a
 * hole among those of its frequency and its successors keep their partners. Files whose names differ in the number
 * alone are one numbering. In it one frequency stands alone, or several take turns. Where that does not tell, nothing
 * is guessed.
 *
 * What is told of a file depends on the nearest files of its numbering alone, whatever the order in which they come.
 */
export class LostFrequencies {
  private readonly numberings = new Map<string, Numbered[]>();
  /** Numberings of which a frequency is known. */
  private readonly readable = new Set<string>();

  clear(): void {
    this.numberings.clear();
    this.readable.clear();
  }

  /** Whether there are several: then one in which a frequency stands alone is that frequency's own. */
  get isDivided(): boolean {
    return this.readable.size > 1;
  }

  /** @returns the lost files that have it in their window now: of those it may tell more */
  add(numbering: string, file: Numbered): readonly number[] {
    if (file.frequency !== null) this.readable.add(numbering);
    const files = this.numberings.get(numbering);
    if (files === undefined) {
      this.numberings.set(numbering, [file]);
      return [];
    }
    const at = firstAbove(files, file.number);
    files.splice(at, 0, file);
    return [...lostNear(files, at, -1), ...lostNear(files, at, 1)];
  }

  /** The frequency of a lost file; null where the files around it do not tell. */
  of(numbering: string, number: number): number | null {
    const files = this.numberings.get(numbering) ?? [];
    const at = firstAbove(files, number);
    // Two of one number: there are no turns.
    if (files[at - 2]?.number === number) return null;
    const [below, above] = [known(files, at - 2, -1), known(files, at, 1)];
    const frequencies = new Set([...below, ...above].map(({ frequency }) => frequency));
    const turns = [...frequencies].map((frequency) => turnOf(frequency, number, below, above));
    const [only, ...others] = turns;
    if (only === undefined) return null;
    // The other one may not have come yet whose turn it is at every second number.
    if (others.length === 0) return this.isDivided || isTurn(only, only.gap) ? only.frequency : null;
    // Numbers that another technique takes may stand in between: then a round is as long as the shortest way back.
    const shortest = Math.min(...turns.map(({ gap }) => gap));
    return whose(turns, turns.length) ?? (shortest < turns.length ? null : whose(turns, shortest));
  }
}

/** How one frequency stands around a number. */
interface Turn {
  readonly frequency: number;
  /** From the nearest file below and above; absent where there is none. */
  readonly ways: readonly number[];
  /** Least distance of two of its files; infinite for one alone. */
  readonly gap: number;
}

function turnOf(frequency: number, number: number, below: readonly Known[], above: readonly Known[]): Turn {
  const own = (files: readonly Known[]) => files.filter((file) => file.frequency === frequency);
  const [before, behind] = [own(below), own(above)];
  const ways = [before[0], behind[0]].flatMap((file) =>
    file === undefined ? [] : Math.abs(file.number - number),
  );
  const numbers = [...before.reverse(), ...behind].map((file) => file.number);
  const gaps = numbers.slice(1).map((one, index) => one - numbers[index]!);
  return { frequency, ways, gap: Math.min(...gaps.filter((gap) => gap > 0), Number.POSITIVE_INFINITY) };
}

/** The only frequency whose turn it is in rounds of that length. */
function whose(turns: readonly Turn[], round: number): number | null {
  const fitting = turns.filter((turn) => turn.gap >= round && isTurn(turn, round));
  return fitting.length === 1 ? fitting[0]!.frequency : null;
}

function isTurn({ ways }: Turn, round: number): boolean {
  return ways.every((way) => round === Number.POSITIVE_INFINITY || way % round === 0);
}

interface Known extends Numbered {
  readonly frequency: number;
}

/** The files with a frequency from a place on, nearest first. */
function known(files: readonly Numbered[], from: number, step: 1 | -1): Known[] {
  const found: Known[] = [];
  for (let at = from; at >= 0 && at < files.length && found.length < WINDOW; at += step) {
    const { number, frequency } = files[at]!;
    if (frequency !== null) found.push({ number, frequency });
  }
  return found;
}

/** Numbers of lost files beside a place, up to as many others as a window holds. */
function lostNear(files: readonly Numbered[], from: number, step: 1 | -1): number[] {
  const found: number[] = [];
  let others = 0;
  for (let at = from + step; at >= 0 && at < files.length && others < WINDOW; at += step) {
    const { number, frequency } = files[at]!;
    if (frequency === null) found.push(number);
    else others += 1;
  }
  return found;
}

/** The first place with a higher number; mostly the end. */
function firstAbove(files: readonly Numbered[], number: number): number {
  if (!((files.at(-1)?.number ?? number) > number)) return files.length;
  let [low, high] = [0, files.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (files[middle]!.number <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What files of one numbering have in common: the name without its number, which is the last run of digits that says
 * so. Files without a number are one numbering, as they come.
 */
export function numberingOf(name: string, number: number): string {
  if (Number.isNaN(number)) return "";
  const runs = [...name.matchAll(/\d+/g)];
  const own = runs.findLast(([digits]) => Number(digits) === number);
  return own === undefined ? "" : `${name.slice(0, own.index)}#${name.slice(own.index + own[0].length)}`;
}
