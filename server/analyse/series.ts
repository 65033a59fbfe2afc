import { resolveParams, scansFor } from "../../shared/analysis/measurement.ts";
import type { ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import { analysisOf } from "../../shared/analysis/technique-analysis.ts";
import type { AnalysisParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import type { MeasurementFile } from "./measurement-file.ts";

/**
 * The files of one technique, one after the other. As in a session, what is left to `auto` is chosen on the first
 * file and kept for all others.
 */
export class Series<Params extends AnalysisParams, Found> {
  readonly #technique: SessionTechnique;
  readonly #records: (file: MeasurementFile, place: ScanPlace, params: Params) => Found[];
  #params: Params;

  constructor(
    technique: SessionTechnique,
    params: Params,
    records: (file: MeasurementFile, place: ScanPlace, params: Params) => Found[],
  ) {
    this.#technique = technique;
    this.#params = params;
    this.#records = records;
  }

  records(file: MeasurementFile): Found[] {
    const scans = scansFor(file.parsed.scans, this.#technique, file.facts.fields);
    if (scans.length === 0) return [];
    const settings = { technique: this.#technique, params: this.#params };
    // A choice changes what was left open in these very parameters.
    this.#params = (resolveParams(scans, settings) as Params | null) ?? this.#params;
    return scans.flatMap((place) => this.#records(file, place, this.#params));
  }

  /** What a person should know of the file's scans beside their records, as a session's log notes it. */
  remarks(file: MeasurementFile): string[] {
    const scans = scansFor(file.parsed.scans, this.#technique, file.facts.fields);
    return scans.flatMap((place) => analysisOf(this.#technique).remarks(place, this.#params));
  }
}
