import { analyseCv, type CvPair } from "../../shared/electrochem/cv.ts";
import { analyseDesktopCv, type DesktopCv } from "../../shared/electrochem/cv-desktop.ts";
import type { ElectrodeCurrents, Scan } from "../../shared/formats/scan.ts";
import { type MeasurementFile, placeOf, type RecordPlace, scansLike } from "./measurement-file.ts";
import type { BaselineCvParams, CvParams, DesktopCvParams } from "./params.ts";

type SweepTechnique = "cv" | "lsv";

/** One pair of segments of one electrode; a linear sweep is a pair without its second. */
export interface PairRecord extends RecordPlace, CvPair {
  readonly record: "segment-pair";
  /** In the whole scan. */
  readonly segments: number;
  readonly scan_rate_v_s: number | null;
  /** With the direction of oxidation found. */
  readonly params: BaselineCvParams;
}

/** Two segments of one electrode in the desktop program's numbers. */
export interface DesktopRecord extends RecordPlace, DesktopCv {
  readonly record: "desktop-cv";
  /** With the direction of the forward peak found. */
  readonly params: DesktopCvParams;
}

/** Analyses the sweeps of one file after the other; which way peaks point is found once for an electrode. */
export class SweepSeries {
  readonly #technique: SweepTechnique;
  readonly #params: CvParams;
  readonly #directions = new Map<number, "up" | "down">();

  constructor(technique: SweepTechnique, params: CvParams) {
    this.#technique = technique;
    this.#params = params;
  }

  records(file: MeasurementFile): (PairRecord | DesktopRecord)[] {
    const params = this.#params;
    return scansLike(file, this.#technique).flatMap((scan, index) =>
      scan.electrodes.flatMap((curve): (PairRecord | DesktopRecord)[] => {
        const place = placeOf(file, this.#technique, scan, index, curve.electrode);
        return params.method === "desktop"
          ? [this.#desktop(place, scan, curve, params)]
          : this.#pairs(place, scan, curve, params);
      }),
    );
  }

  #pairs(
    place: RecordPlace,
    scan: Scan,
    { electrode, currents_a }: ElectrodeCurrents,
    asked: BaselineCvParams,
  ): PairRecord[] {
    const params = { ...asked, anodic: this.#directions.get(electrode) ?? asked.anodic };
    const { pairs, anodic, ...found } = analyseCv(scan.potentials_v, currents_a, params, scan.scan_rate_v_s);
    this.#directions.set(electrode, anodic);
    const settled = { ...params, anodic };
    return pairs.map((pair) => ({ record: "segment-pair", ...place, ...found, ...pair, params: settled }));
  }

  #desktop(
    place: RecordPlace,
    scan: Scan,
    { electrode, currents_a }: ElectrodeCurrents,
    asked: DesktopCvParams,
  ): DesktopRecord {
    const direction = this.#directions.get(electrode) ?? asked.forward_direction;
    const params = { ...asked, forward_direction: direction };
    const found = analyseDesktopCv(scan.potentials_v, currents_a, params, scan.scan_rate_v_s);
    const settled = found.forward?.direction ?? direction;
    if (settled !== "auto") this.#directions.set(electrode, settled);
    return { record: "desktop-cv", ...place, ...found, params: { ...params, forward_direction: settled } };
  }
}
