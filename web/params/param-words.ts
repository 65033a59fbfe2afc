import type { AnalysisParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { methodOf } from "./methods.ts";
import { draftOf } from "./param-draft.ts";
import type { ParamField } from "./param-field.ts";

export interface ParamFact {
  readonly name: string;
  readonly words: string;
  /** What the name means, where a short name cannot say it. */
  readonly hint: string;
}

/** How the numbers of a session are made, in words. */
export function paramWords(technique: SessionTechnique, params: AnalysisParams): readonly ParamFact[] {
  const { text, fields } = methodOf(technique, params.method);
  const { texts } = draftOf(technique, params);
  return [
    { name: "Method", words: text, hint: "" },
    ...fields.map((field) => ({
      name: field.label,
      words: wordsOf(field, texts[field.key] ?? []),
      hint: field.hint,
    })),
  ];
}

function wordsOf({ label, control, empty }: ParamField, texts: readonly string[]): string {
  const [first = "", second] = texts;
  if (control.kind === "choice") return control.options.find(({ value }) => value === first)?.text ?? first;
  if (control.kind === "switch") return first === "on" ? control.on : empty;
  const given = texts.filter((text) => text !== "").map(typographic);
  if (given.length === 0) return empty;
  const unit =
    control.unit === "" || Number.isNaN(Number(texts[0]?.split(";")[0])) ? "" : `\u202f${control.unit}`;
  const between = control.unit === "" ? ", " : label.endsWith("between") ? " and " : " to ";
  const joined = second === undefined ? given.join("") : given.join(between);
  if (joined === "1") return `1${unit.replace(/(?<=[a-z]{3})s$/, "")}`; // one sample, but one s
  return `${joined}${unit}`;
}

/** With a minus as long as a plus. */
function typographic(text: string): string {
  return text.replaceAll("-", "\u2212");
}
