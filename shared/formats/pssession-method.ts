/** What a measurement's method says: an INI-like text of `KEY=value` lines. */

import { positive, readNumber } from "./header-number.ts";
import { techniqueOfCode } from "./palmsens-curves.ts";
import type { Scan } from "./scan.ts";
import { TECHNIQUE_NAMES } from "./technique-words.ts";
import { LINE_END } from "./text-line.ts";

/** Technique and parameters of one measurement. The title is free text: it only names what has no name here. */
export function readMethod(
  method: string,
  title: string,
): Pick<Scan, "technique" | "technique_name" | "frequency_hz" | "amplitude_v" | "step_v" | "scan_rate_v_s"> {
  const values = new Map<string, string>();
  for (const line of method.split(LINE_END)) {
    const equals = line.indexOf("=");
    if (equals > 0 && !line.startsWith("#")) values.set(line.slice(0, equals).trim(), line.slice(equals + 1));
  }
  const value = (name: string) => positive(readNumber(values.get(name) ?? "", false));
  const id = values.get("METHOD_ID")?.trim() ?? "";
  const technique = techniqueOfCode(id);
  // Other techniques use the same names for other things: an impedance has a FREQ that is no pulse frequency.
  const frequency_hz = technique === "swv" ? value("FREQ") : undefined;
  const amplitude_v =
    technique === "swv" ? value("E_AMP") : technique === "dpv" ? value("E_PULSE") : undefined;
  const step_v = technique === "eis" || technique === "ca" ? undefined : value("E_STEP");
  const scan_rate_v_s = technique === "swv" ? undefined : value("SCAN_RATE");
  return {
    technique,
    technique_name: technique === "other" ? nameOf(title, id) : TECHNIQUE_NAMES[technique],
    ...(frequency_hz !== undefined && { frequency_hz }),
    ...(amplitude_v !== undefined && { amplitude_v }),
    ...(step_v !== undefined && { step_v }),
    ...(scan_rate_v_s !== undefined && { scan_rate_v_s }),
  };
}

function nameOf(title: string, id: string): string {
  const words = title
    .slice(0, 120)
    .replace(/\s*\[\d{1,6}\]$/, "")
    .trim();
  return words || id.toUpperCase() || TECHNIQUE_NAMES.other;
}
