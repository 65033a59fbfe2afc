import type { AnalysisParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { LIFETIME_METHODS } from "./lifetime-fields.ts";
import type { ParamField } from "./param-field.ts";
import { PULSE_METHODS } from "./pulse-fields.ts";
import { SWEEP_METHODS } from "./sweep-fields.ts";

/** One way to get numbers from a scan. */
export interface Method {
  /** What its numbers are, in words. */
  readonly text: string;
  readonly fields: readonly ParamField[];
}

export type MethodName = AnalysisParams["method"];

const METHODS: Readonly<Record<SessionTechnique, Partial<Readonly<Record<MethodName, Method>>>>> = {
  swv: PULSE_METHODS,
  dpv: PULSE_METHODS,
  "frequency-map": PULSE_METHODS,
  cv: SWEEP_METHODS,
  lsv: SWEEP_METHODS,
  ca: LIFETIME_METHODS,
};

/** The methods of a technique, the usual one first. */
export function methodsOf(technique: SessionTechnique): readonly (readonly [MethodName, Method])[] {
  return Object.entries(METHODS[technique]) as [MethodName, Method][]; // the keys of the table above
}

/** @throws RangeError for a method that the technique does not have */
export function methodOf(technique: SessionTechnique, name: MethodName): Method {
  const method = METHODS[technique][name];
  if (method === undefined) throw new RangeError(`${technique} has no method ${name}.`);
  return method;
}
