/** Which columns of an EC-Lab table hold the curve, by name. */

import { failure } from "./parse-failure.ts";
import type { ParseFailure, Technique } from "./scan.ts";
import { unitDivisor } from "./si-unit.ts";

/** A column, counted from 0, and what its numbers are divided by to be in V, s or A. */
export interface EclabColumn {
  readonly column: number;
  readonly divisor: number;
}

export interface EclabColumns {
  /** Potential; of chronoamperometry the time. */
  readonly x: EclabColumn;
  readonly current: EclabColumn;
  readonly forward: EclabColumn | null;
  readonly reverse: EclabColumn | null;
  /** Column that numbers the cycles; null where there is none. */
  readonly cycle: number | null;
}

/** A header with more columns is no header. */
const MOST_COLUMNS = 256;
/** Mean over the step before the single sample: what EC-Lab itself plots. */
const SWEEP_CURRENTS = ["<I>", "I"];

/**
 * The measured potential (of chronoamperometry the time) and the current; for pulse techniques the difference current and both halves, each with
 * a unit of its own (`I forward/mA`, `I delta/µA`). A missing one is a failure, never zeros.
 */
export function eclabColumns(
  names: readonly string[],
  technique: Technique,
  line: number,
): EclabColumns | ParseFailure {
  if (names.length > MOST_COLUMNS) {
    const message = `The table names ${names.length} columns; at most ${MOST_COLUMNS} are read.`;
    return failure("unsupported_format", message, line);
  }
  const isPulse = technique === "swv" || technique === "dpv";
  const x =
    technique === "ca"
      ? find(names, ["time"], "s")
      : find(names, isPulse ? ["E step", "Estep", "Ewe", "<Ewe>"] : ["Ewe", "<Ewe>"], "V");
  const current = find(names, isPulse ? ["I delta"] : SWEEP_CURRENTS, "A");
  if (x === null) return missing(names, technique === "ca" ? "time/s" : "Ewe/V", line);
  if (current === null) return missing(names, isPulse ? "I delta/µA (difference current)" : "<I>/mA", line);
  const cycle = names.indexOf("cycle number");
  return {
    x,
    current,
    forward: isPulse ? find(names, ["I forward"], "A") : null,
    reverse: isPulse ? find(names, ["I reverse"], "A") : null,
    cycle: cycle < 0 ? null : cycle,
  };
}

/** The first quantity of `wanted` that a column has, whatever the prefix of its unit. */
function find(
  names: readonly string[],
  wanted: readonly string[],
  base: "V" | "A" | "s",
): EclabColumn | null {
  for (const quantity of wanted) {
    for (const [column, name] of names.entries()) {
      const divisor = name.startsWith(`${quantity}/`)
        ? unitDivisor(name.slice(quantity.length + 1), base)
        : null;
      if (divisor !== null) return { column, divisor };
    }
  }
  return null;
}

function missing(names: readonly string[], wanted: string, line: number): ParseFailure {
  const message = `The table has no column ${wanted}. It has: ${names.slice(0, 24).join(", ")}.`;
  return failure("missing_column", message, line);
}
