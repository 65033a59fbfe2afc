/** One parameter as a person sees and types it. */
export interface ParamField {
  /** Its name in the parameters. */
  readonly key: string;
  readonly label: string;
  /** What it does, and what an empty field means. */
  readonly hint: string;
  /** What may stand there: shown in the place of the hint where something else stands. */
  readonly wanted: string;
  /** What is said where it is left empty or off. */
  readonly empty: string;
  readonly control: ParamControl;
}

export type ParamControl =
  | { readonly kind: "choice"; readonly options: readonly ParamOption[] }
  | { readonly kind: "switch"; readonly on: string }
  | { readonly kind: "texts"; readonly codec: ParamCodec; readonly unit: string };

export interface ParamOption {
  readonly value: string;
  readonly text: string;
}

/** Between a value and the texts that stand for it, one for each input. */
export interface ParamCodec {
  /** What each input is, for those who do not see where it stands; the first of one input is the field's label. */
  readonly inputs: readonly string[];
  write(value: unknown): readonly string[];
  /** Null for a value that the parameters may lack; `UNREADABLE` for a text that is no value. */
  read(texts: readonly string[]): unknown;
}

/** No parameter's value: it fails every schema. */
export const UNREADABLE = Symbol("unreadable");
