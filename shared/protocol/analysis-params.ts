import { z } from "zod";
import { CaParams } from "./ca-params.ts";
import { ClassicPulseParams, HullPulseParams, SacmesWebPulseParams } from "./pulse-params.ts";
import { BaselineSweepParams, DesktopSweepParams } from "./sweep-params.ts";

/** What a session analyses, and how. */

/** `frequency-map` analyses SWV scans and is shown over frequency. */
export const SessionTechnique = z.enum(["swv", "dpv", "cv", "lsv", "frequency-map", "ca"]);
export type SessionTechnique = z.infer<typeof SessionTechnique>;

/** Where the method is left out it is `hull`. */
function withMethod(given: unknown): unknown {
  const isOpen = typeof given === "object" && given !== null && !("method" in given);
  return isOpen ? { ...given, method: "hull" } : given;
}

/** Of `swv`, `dpv` and `frequency-map`. */
export const PulseParams = z.preprocess(
  withMethod,
  z.discriminatedUnion("method", [HullPulseParams, ClassicPulseParams, SacmesWebPulseParams]),
);
export type PulseParams = z.infer<typeof PulseParams>;

/** Of `cv` and `lsv`. */
export const SweepParams = z.preprocess(
  withMethod,
  z.discriminatedUnion("method", [BaselineSweepParams, DesktopSweepParams]),
);
export type SweepParams = z.infer<typeof SweepParams>;

/**
 * Parameters with nothing left out. `"cutoff_hz" in params` tells those of pulses, `"probes_v" in params` those of
 * sweeps; which a session has its technique says.
 */
export type AnalysisParams = PulseParams | SweepParams | CaParams;

/** What a message may carry: what it leaves out gets the default. Read it with the technique's own schema. */
export type GivenParams = Partial<PulseParams> | Partial<SweepParams> | Partial<CaParams>;
export const GivenParams = z.custom<GivenParams>(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value),
  "Parameters are an object.",
);

const SCHEMAS = {
  swv: PulseParams,
  dpv: PulseParams,
  "frequency-map": PulseParams,
  cv: SweepParams,
  lsv: SweepParams,
  ca: CaParams,
} as const satisfies Record<SessionTechnique, z.ZodType<AnalysisParams>>;

/** The parameters that a technique takes. */
export type ParamsOf<Technique extends SessionTechnique> = z.output<(typeof SCHEMAS)[Technique]>;

/** Left-out fields get their defaults; a field of another method or technique is refused. */
export function paramsSchemaOf(technique: SessionTechnique): z.ZodType<AnalysisParams> {
  return SCHEMAS[technique];
}

export function defaultParams<Technique extends SessionTechnique>(technique: Technique): ParamsOf<Technique> {
  return SCHEMAS[technique].parse({}) as ParamsOf<Technique>; // the type is read off the same table
}

/**
 * Parameters as they are stored, with their technique beside them: the fields of the three kinds are different, so
 * a whole set fits exactly one.
 */
export const StoredParams: z.ZodType<AnalysisParams> = z.union([PulseParams, SweepParams, CaParams]);
