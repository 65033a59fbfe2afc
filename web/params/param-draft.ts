import {
  type AnalysisParams,
  paramsSchemaOf,
  type SessionTechnique,
} from "../../shared/protocol/analysis-params.ts";
import { type MethodName, methodOf } from "./methods.ts";
import { type ParamField, UNREADABLE } from "./param-field.ts";

/** Parameters while a person types: the texts of every field, whether they can be read or not. */
export interface ParamDraft {
  readonly technique: SessionTechnique;
  readonly method: MethodName;
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

export type ParamProblems = Readonly<Record<string, string>>;

export type ParamReading =
  | { readonly ok: true; readonly params: AnalysisParams }
  | { readonly ok: false; readonly problems: ParamProblems };

/** The texts that stand for parameters. */
export function draftOf(technique: SessionTechnique, params: AnalysisParams): ParamDraft {
  const values: Readonly<Record<string, unknown>> = { ...params };
  const { fields } = methodOf(technique, params.method);
  const texts = Object.fromEntries(fields.map((field) => [field.key, textsOf(field, values[field.key])]));
  return { technique, method: params.method, texts };
}

/**
 * The same with another method: what both methods have stays as it was typed, the rest begins with its default.
 */
export function withMethod(draft: ParamDraft, method: MethodName): ParamDraft {
  const defaults = draftOf(draft.technique, paramsSchemaOf(draft.technique).parse({ method }));
  const kept = Object.entries(draft.texts).filter(
    ([key, texts]) => STAYING.has(key) && defaults.texts[key]?.length === texts.length,
  );
  return { ...defaults, texts: { ...defaults.texts, ...Object.fromEntries(kept) } };
}

/** Where to look on the potential axis does not depend on how; how many points to smooth does. */
const STAYING = new Set([
  "peak_window",
  "cutoff_hz",
  "low_window",
  "high_window",
  "window",
  "probes_v",
  "scan_rate_v_s",
]);

/** The same with one text changed. */
export function withText(draft: ParamDraft, key: string, index: number, text: string): ParamDraft {
  const texts = draft.texts[key] ?? [];
  return { ...draft, texts: { ...draft.texts, [key]: texts.map((one, at) => (at === index ? text : one)) } };
}

/**
 * Reads the texts over parameters that have no field here (a table described by hand): the schema of the technique
 * decides what is valid, and every problem stands at its field.
 */
export function readDraft(draft: ParamDraft, base: AnalysisParams): ParamReading {
  const { fields } = methodOf(draft.technique, draft.method);
  const problems: Record<string, string> = {};
  const values: Record<string, unknown> = { method: draft.method, table: base.table };
  for (const field of fields) {
    const value = readField(field, draft.texts[field.key] ?? []);
    if (value === UNREADABLE) problems[field.key] = field.wanted;
    else values[field.key] = value;
  }
  const read = paramsSchemaOf(draft.technique).safeParse(values);
  if (read.success && Object.keys(problems).length === 0) return { ok: true, params: read.data };
  for (const { path } of read.error?.issues ?? []) {
    const field = fields.find(({ key }) => key === path[0]);
    if (field !== undefined) problems[field.key] ??= field.wanted;
  }
  return { ok: false, problems };
}

/** Whether two sets of parameters ask for the same numbers. */
export function sameParams(a: AnalysisParams, b: AnalysisParams): boolean {
  const sorted = (params: AnalysisParams) =>
    JSON.stringify(Object.entries(params).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}

function textsOf({ control }: ParamField, value: unknown): readonly string[] {
  switch (control.kind) {
    case "choice":
      return [String(value)];
    case "switch":
      return [value === true ? "on" : ""];
    case "texts":
      return control.codec.write(value);
  }
}

function readField({ control }: ParamField, texts: readonly string[]): unknown {
  switch (control.kind) {
    case "choice":
      return texts[0];
    case "switch":
      return texts[0] === "on";
    case "texts":
      return control.codec.read(texts);
  }
}
