/** Curves of PalmSens software, from an export or a session, put together into scans. */

import type { ElectrodeCurrents, Scan, Technique } from "./scan.ts";
import { TECHNIQUE_NAMES, techniqueOf } from "./technique-words.ts";

/** One curve of current against potential (of chronoamperometry against time), with what is known of its measurement. */
export interface PalmSensCurve {
  readonly title: string;
  /** Equal for curves of one measurement. */
  readonly measurement: string;
  readonly about: Omit<Scan, "potentials_v" | "times_s" | "electrodes" | "warnings" | "cycle">;
  readonly part: "net" | "forward" | "reverse";
  readonly electrode: number;
  readonly cycle: number | null;
  /** V; of chronoamperometry s. */
  readonly xs: Float64Array;
  readonly currents_a: Float64Array;
  readonly warnings: readonly string[];
}

/** No technique's name is longer; anything else is free text. */
const LONGEST_NAME = 80;

/** Short names that stand for a technique in titles and methods. */
const CODES: Readonly<Record<string, Technique>> = {
  cv: "cv",
  fcv: "cv",
  swv: "swv",
  dpv: "dpv",
  lsv: "lsv",
  ca: "ca",
  ad: "ca",
  eis: "eis",
};

interface Group {
  readonly lead: PalmSensCurve;
  readonly electrodes: { -readonly [Key in keyof ElectrodeCurrents]: ElectrodeCurrents[Key] }[];
  readonly warnings: string[];
}

/** Technique of a code in either case; `other` for codes of techniques that are not ours. */
export function techniqueOfCode(code: string): Technique {
  return Object.hasOwn(CODES, code.toLowerCase()) ? CODES[code.toLowerCase()]! : "other";
}

/** `Cyclic Voltammetry [1]: CV i vs E Scan 1`, or in short `CV i vs E Scan 1`. */
export function techniqueOfTitle(title: string): { technique: Technique; technique_name: string } {
  const colon = title.indexOf(":");
  const words = (colon < 0 ? "" : title.slice(0, colon)).replace(/\s*\[\d{1,6}\]$/, "").trim();
  if (words !== "") return { technique: techniqueOf(words), technique_name: words };
  const technique = techniqueOfCode(/^\w{1,5}/.exec(title.trim())?.[0] ?? "");
  const unknown = title.trim().slice(0, LONGEST_NAME) || TECHNIQUE_NAMES.other;
  return { technique, technique_name: technique === "other" ? unknown : TECHNIQUE_NAMES[technique] };
}

/** What a title or description says of the curve: which electrode, which half, which cycle. */
export function readLabels(
  title: string,
  description = "",
): Pick<PalmSensCurve, "part" | "electrode" | "cycle"> {
  const number = (pattern: RegExp) => {
    const digits = pattern.exec(title)?.[1] ?? pattern.exec(description)?.[1];
    return digits === undefined || Number(digits) < 1 ? null : Number(digits);
  };
  const isSecond = /bi-?pot/i.test(title);
  return {
    part: /forward/i.test(title) ? "forward" : /reverse/i.test(title) ? "reverse" : "net",
    electrode: isSecond ? 2 : (number(/channel ?(\d{1,4})/i) ?? 1),
    cycle: number(/scan ?(\d{1,6})/i),
  };
}

/**
 * One scan for each curve. Curves of one measurement with the same x go together: the other electrodes of
 * one sweep, and the forward and reverse halves of a difference.
 */
export function scansOfCurves(curves: readonly PalmSensCurve[]): Scan[] {
  const groups: Group[] = [];
  const strays: string[] = [];
  for (const curve of curves) {
    const last = groups.at(-1);
    const joins = last !== undefined && isOneSweep(last.lead, curve);
    if (curve.part !== "net") {
      const own = joins ? last.electrodes.find(({ electrode }) => electrode === curve.electrode) : undefined;
      if (own) own[curve.part === "forward" ? "forward_a" : "reverse_a"] = curve.currents_a;
      else strays.push(`The curve "${curve.title}" belongs to no net current and was left out.`);
      continue;
    }
    const electrode = { electrode: curve.electrode, currents_a: curve.currents_a };
    if (joins && !last.electrodes.some((one) => one.electrode === curve.electrode)) {
      last.electrodes.push(electrode);
      last.warnings.push(...curve.warnings);
    } else groups.push({ lead: curve, electrodes: [electrode], warnings: [...curve.warnings] });
  }
  return groups.map(({ lead, electrodes, warnings }, index) => ({
    ...lead.about,
    ...(lead.cycle !== null && lead.about.technique === "cv" && { cycle: lead.cycle }),
    ...(lead.about.technique === "ca"
      ? { potentials_v: new Float64Array(0), times_s: lead.xs }
      : { potentials_v: lead.xs }),
    electrodes,
    warnings: index === 0 ? [...warnings, ...strays] : warnings,
  }));
}

function isOneSweep(a: PalmSensCurve, b: PalmSensCurve): boolean {
  const isAlike =
    a.measurement === b.measurement && a.about.technique === b.about.technique && a.cycle === b.cycle;
  const [x, y] = [a.xs, b.xs];
  return isAlike && x.length === y.length && x.every((value, index) => value === y[index]);
}
