/** Whether two patterns can match one name: the product of two small automata. */

import { isDigit, type NamePattern } from "./name-template.ts";

/** One step of a pattern: one character, a run of digits, or any stretch without `/`. */
type Atom = string | typeof DIGITS | typeof ANY;
const DIGITS = Symbol("digits");
const ANY = Symbol("any");

/** A character that neither pattern names, and a digit: they stand for all the others of their kind. */
const OTHER = "\u{fffe}";
const SOME_DIGIT = "0";

/** Reading position: even = before atom state / 2, odd = inside the run of digits there. */
type State = number;

/**
 * True when some name matches both. Exact over names as text; names that no file can have (an empty folder name)
 * count too. Work is bounded by the product of the pattern lengths.
 */
export function patternsOverlap(a: NamePattern, b: NamePattern): boolean {
  const left = toAtoms(a);
  const right = toAtoms(b);
  const width = 2 * right.length + 2;
  const seen = new Uint8Array((2 * left.length + 2) * width * 2);
  const queue: { left: State; right: State; afterDigit: boolean }[] = [
    { left: 0, right: 0, afterDigit: false },
  ];
  for (let here = queue.pop(); here !== undefined; here = queue.pop()) {
    if (canEnd(left, here.left) && canEnd(right, here.right)) return true;
    const symbols = new Set([OTHER, SOME_DIGIT, ...wanted(left, here.left), ...wanted(right, here.right)]);
    for (const symbol of symbols) {
      const afterDigit = isDigit(symbol);
      for (const nextLeft of step(left, here.left, symbol, here.afterDigit)) {
        for (const nextRight of step(right, here.right, symbol, here.afterDigit)) {
          const key = (nextLeft * width + nextRight) * 2 + (afterDigit ? 1 : 0);
          if (seen[key] === 1) continue;
          seen[key] = 1;
          queue.push({ left: nextLeft, right: nextRight, afterDigit });
        }
      }
    }
  }
  return false;
}

function toAtoms(pattern: NamePattern): Atom[] {
  return pattern.tokens.flatMap((token): Atom[] => {
    if (token.kind === "any") return [ANY];
    return token.kind === "digits" ? [DIGITS] : token.text.split("");
  });
}

/** States after one more character. `afterDigit`: whether the character before it was a digit. */
function step(atoms: readonly Atom[], state: State, symbol: string, afterDigit: boolean): State[] {
  const index = state >> 1;
  const atom = atoms[index];
  if (atom === undefined) return [];
  if (atom === DIGITS) {
    const isInside = (state & 1) === 1;
    // The run is maximal: it cannot start behind a digit, nor end before one.
    if (isDigit(symbol)) return isInside || !afterDigit ? [2 * index + 1] : [];
    return isInside ? step(atoms, 2 * index + 2, symbol, afterDigit) : [];
  }
  if (atom === ANY) {
    const onwards = step(atoms, 2 * index + 2, symbol, afterDigit);
    return symbol === "/" ? onwards : [2 * index, ...onwards];
  }
  return atom === symbol ? [2 * index + 2] : [];
}

/** Characters that the next step may ask for by name. */
function wanted(atoms: readonly Atom[], state: State): string[] {
  const found: string[] = [];
  for (let index = state >> 1; index < atoms.length; index++) {
    const atom = atoms[index];
    if (typeof atom === "string") return [...found, atom];
    if (atom === DIGITS && state !== 2 * index + 1) return found;
  }
  return found;
}

/** Whether the name may end here. */
function canEnd(atoms: readonly Atom[], state: State): boolean {
  const index = state >> 1;
  const atom = atoms[index];
  if (atom === undefined) return true;
  const isPassable = atom === ANY || (atom === DIGITS && (state & 1) === 1);
  return isPassable && canEnd(atoms, 2 * index + 2);
}
