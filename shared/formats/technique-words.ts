/** Techniques by the words that instruments use for them. */

import type { Technique } from "./scan.ts";

/** By a word of the name that a header gives. Order counts: the first that fits wins. */
const TECHNIQUE_WORDS: readonly (readonly [RegExp, Technique])[] = [
  [/square wave/i, "swv"],
  [/^differential pulse/i, "dpv"],
  [/^(?:fast )?cyclic voltammetry/i, "cv"],
  [/^linear sweep/i, "lsv"],
  [/impedance/i, "eis"],
  [/^chronoamperometry|i-t curve/i, "ca"],
];
const ANALYSED: ReadonlySet<Technique> = new Set<Technique>(["swv", "dpv", "cv", "lsv", "ca"]);

/** Names for files that only imply their technique or give a code for it. */
export const TECHNIQUE_NAMES: Readonly<Record<Technique, string>> = {
  swv: "Square Wave Voltammetry",
  dpv: "Differential Pulse Voltammetry",
  cv: "Cyclic Voltammetry",
  lsv: "Linear Sweep Voltammetry",
  ca: "Chronoamperometry",
  eis: "Impedance Spectroscopy",
  other: "not stated in the file",
};

/** Technique of a name in the instrument's words; `other` for words that name none of ours. */
export function techniqueOf(name: string): Technique {
  return TECHNIQUE_WORDS.find(([words]) => words.test(name))?.[1] ?? "other";
}

/** Whether curves of the technique are read; the others are recognised and named. */
export function isAnalysed(technique: Technique): boolean {
  return ANALYSED.has(technique);
}
