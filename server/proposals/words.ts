import type { Technique } from "../../shared/formats/scan.ts";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { matchName } from "../../shared/protocol/name-pattern.ts";
import type { LeftOut } from "../../shared/protocol/viewer-events.ts";
import type { NameGroup } from "./exact-groups.ts";
import type { OwnFile } from "./propose.ts";

/** What proposals say of themselves. */

export const TECHNIQUE_WORDS: Readonly<Record<Technique, string>> = {
  swv: "SWV",
  dpv: "DPV",
  cv: "CV",
  lsv: "LSV",
  ca: "Chronoamperometry",
  eis: "impedance",
  other: "another technique",
};

const MOST_EXAMPLES = 3;

export interface SummaryFacts {
  readonly technique: SessionTechnique;
  /** Techniques beside it in the same numbering. */
  readonly others: readonly SessionTechnique[];
  readonly group: NameGroup;
  readonly own: readonly OwnFile[];
  readonly frequencies: readonly number[];
  readonly electrodes: number;
}

/** "SWV, 8 frequencies 30 to 100 Hz, 2 electrodes, 80 files" */
export function summaryOf({ technique, others, group, own, frequencies, electrodes }: SummaryFacts): string {
  const scans = new Set(own.map(({ places }) => places.length));
  const [each = 1] = scans;
  const parts = [
    nameOf(technique),
    frequencyWords(frequencies),
    scanRateWords(own),
    count(electrodes, "electrode"),
    count(group.names.length, "file"),
    scans.size === 1 && each > 1 ? `${each} scans in each` : "",
    others.length === 0 ? "" : `with ${others.map(nameOf).join(" and ")}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

export function nameOf(technique: SessionTechnique): string {
  return technique === "frequency-map" ? "SWV" : TECHNIQUE_WORDS[technique];
}

/** All frequencies that are known, ascending: of the names, and of the files that were looked at. The file counts. */
export function frequenciesOf({ pattern, names }: NameGroup, own: readonly OwnFile[]): number[] {
  const found = new Set(
    own.flatMap(({ places }) => places.flatMap(({ frequency_hz }) => frequency_hz ?? [])),
  );
  const namesDecide = own.every(({ file, places }) =>
    places.every(({ frequency_hz }) => frequency_hz === null || frequency_hz === file.fields.f),
  );
  const isPulse = own.some(({ places }) => places.some(({ scan }) => scan.technique === "swv"));
  if (
    namesDecide &&
    isPulse &&
    pattern.tokens.some((token) => token.kind === "digits" && token.field === "f")
  )
    for (const name of names) {
      const f = matchName(pattern, name)?.f;
      if (f !== undefined) found.add(f);
    }
  return [...found].sort((a, b) => a - b);
}

function frequencyWords(frequencies: readonly number[]): string {
  const [first] = frequencies;
  const last = frequencies.at(-1);
  if (first === undefined) return "";
  if (frequencies.length === 1) return `${first} Hz`;
  return frequencies.length === 2
    ? `${first} and ${last} Hz`
    : `${frequencies.length} frequencies ${first} to ${last} Hz`;
}

/** Where all files have the same. */
function scanRateWords(own: readonly OwnFile[]): string {
  const sweeps = own
    .flatMap(({ places }) => places.map(({ scan }) => scan))
    .filter((scan) => scan.technique === "cv" || scan.technique === "lsv");
  const rates = new Set(sweeps.map((scan) => scan.scan_rate_v_s));
  const [rate] = rates;
  return rates.size !== 1 || rate === undefined ? "" : `${Number((rate * 1e3).toPrecision(6))} mV/s`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

export function leaveOut(reason: string, names: readonly string[]): LeftOut {
  return {
    reason,
    files: names.length,
    examples: names.slice(0, MOST_EXAMPLES),
    pattern: null,
    sample: null,
  };
}
