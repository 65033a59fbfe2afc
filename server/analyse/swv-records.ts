import { findClassicPeak } from "../../shared/electrochem/classic-peak.ts";
import { findSacmesWebPeak } from "../../shared/electrochem/sacmes-web-peak.ts";
import { bandWindow } from "../../shared/electrochem/swv.ts";
import {
  RESULT_FLAGS,
  RESULT_KINDS,
  type ResultFlag,
  type ResultRow,
  ResultTable,
} from "../../shared/protocol/log-tables.ts";
import { analyseParsed, resolveParams, scanFrequency } from "../analysis/analyse-file.ts";
import { type MeasurementFile, placeOf, type RecordPlace, scansLike } from "./measurement-file.ts";
import type { ClassicParams, HullParams, SacmesWebParams, SwvParams } from "./params.ts";

type PulseTechnique = "swv" | "dpv";

/** One voltammogram with its peak, or the reason why there is none. */
export interface PeakRecord extends RecordPlace {
  readonly record: "peak";
  readonly outcome: string;
  /** Numbers of the outcome under their own names; absent or null where there is none. */
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly flags: readonly string[];
  /** With all choices made. */
  readonly params: SwvParams;
}

/** Analyses the pulse scans of one file after the other; what is left to `auto` is chosen once for a technique. */
export class PulseSeries {
  readonly #technique: PulseTechnique;
  #params: SwvParams;

  constructor(technique: PulseTechnique, params: SwvParams) {
    this.#technique = technique;
    this.#params = params;
  }

  records(file: MeasurementFile): PeakRecord[] {
    const params = this.#params;
    switch (params.method) {
      case "hull":
        return this.#hull(file, params);
      case "classic":
        return this.#each(file, params, classicNumbers);
      case "sacmes-web":
        return this.#each(file, params, sacmesWebNumbers);
    }
  }

  /** Through the hub's own analysis: the rows are those of its log. */
  #hull(file: MeasurementFile, asked: HullParams): PeakRecord[] {
    const scans = scansLike(file, this.#technique);
    if (scans.length === 0) return [];
    const chosen = resolveParams(scans, asked, file.facts.fields);
    const params: HullParams = chosen === null ? asked : { ...asked, ...chosen };
    this.#params = params;
    const { results } = analyseParsed({ ...file.parsed, scans }, "swv", params, file.facts);
    return ResultTable.read(results).flatMap((row) => {
      const scan = scans[row.scan];
      if (scan === undefined) return [];
      const place = placeOf(file, this.#technique, scan, row.scan, row.electrode);
      const flags = Object.keys(RESULT_FLAGS) as ResultFlag[]; // the keys of a const object
      return [
        {
          record: "peak",
          ...place,
          outcome: RESULT_KINDS[row.kind] ?? "no-maximum",
          numbers: numbersOf(row),
          flags: flags.filter((flag) => (row.flags & RESULT_FLAGS[flag]) !== 0),
          params,
        },
      ];
    });
  }

  #each<P extends ClassicParams | SacmesWebParams>(
    file: MeasurementFile,
    params: P,
    numbersFor: (curve: Curve, params: P) => Pick<PeakRecord, "outcome" | "numbers">,
  ): PeakRecord[] {
    return scansLike(file, this.#technique).flatMap((scan, index) => {
      const window = bandWindow(params, scanFrequency(scan, file.facts.fields) ?? undefined);
      return scan.electrodes.map(({ electrode, currents_a }) => ({
        record: "peak" as const,
        ...placeOf(file, this.#technique, scan, index, electrode),
        ...numbersFor({ potentials_v: scan.potentials_v, currents_a, window }, params),
        flags: [],
        params,
      }));
    });
  }
}

interface Curve {
  readonly potentials_v: Float64Array;
  readonly currents_a: Float64Array;
  readonly window: readonly [number, number] | null;
}

function classicNumbers({ potentials_v, currents_a, window }: Curve, params: ClassicParams) {
  const found = findClassicPeak(potentials_v, currents_a, { ...params, window });
  if (found.kind === "no-peak") return { outcome: found.reason, numbers: { points: found.points } };
  const { kind, ...numbers } = found;
  return { outcome: kind, numbers };
}

function sacmesWebNumbers({ potentials_v, currents_a, window }: Curve, params: SacmesWebParams) {
  const found = findSacmesWebPeak(potentials_v, currents_a, { ...params, window });
  if (found.kind === "no-peak") return { outcome: found.reason, numbers: { points: found.points } };
  const { kind, ...numbers } = found;
  return { outcome: kind, numbers };
}

/** The row without what says where it belongs; absent numbers are null, as JSON knows no NaN. */
function numbersOf(row: ResultRow): PeakRecord["numbers"] {
  const { offset, scan, electrode, frequency_hz, kind, flags, ...numbers } = row;
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, Number.isNaN(value) ? null : value]),
  );
}
