import type { ComponentChildren } from "preact";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import { useViewer } from "../stores/viewer.ts";
import { DraftInput } from "./draft-input.tsx";

/** One labelled line of the trend settings. */
export function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the field is among the children
    <label class="trend-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: "quantity" | "kdm" | "pairing" | "axis" | "signal" | "model";
  readonly options: readonly (readonly [string, string])[];
}

export function Choice({ label, name, options }: ChoiceProps) {
  const { notes } = useViewer();
  return (
    <Field label={label}>
      <select
        data-testid={`trend-${name}`}
        value={notes.params.value[name]}
        onChange={({ currentTarget: { value } }) => {
          const parsed = TrendParams.shape[name].safeParse(value);
          if (parsed.success) notes.setParams({ [name]: parsed.data });
        }}
      >
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface NumberProps {
  readonly name: "seconds_per_file" | "replicates" | "settle" | "initial_concentration";
  readonly label: string;
  readonly placeholder?: string;
  /** What an empty field means. */
  readonly empty: number | null;
}

/** Written when the field is left; what does not fit is put back and said by the field. */
export function NumberField({ name, label, placeholder = "", empty }: NumberProps) {
  const { notes } = useViewer();
  const shown = notes.params.value[name];
  return (
    <Field label={label}>
      <DraftInput
        class="number"
        data-testid={`trend-${name}`}
        inputMode="decimal"
        placeholder={placeholder}
        shown={shown === empty && empty === null ? "" : String(shown)}
        take={(text) => {
          const parsed = TrendParams.shape[name].safeParse(text.trim() === "" ? empty : readNumber(text));
          if (parsed.success) notes.setParams({ [name]: parsed.data });
          return parsed.success;
        }}
      />
    </Field>
  );
}

/** The unit of concentrations, as the user names it. */
export function UnitField() {
  const { notes } = useViewer();
  return (
    <Field label="Unit">
      <DraftInput
        class="number short"
        data-testid="trend-unit"
        maxLength={20}
        shown={notes.params.value.unit}
        take={(text) => {
          notes.setParams({ unit: text.trim() });
          return true;
        }}
      />
    </Field>
  );
}

/** A number as a person types it, with a comma or a point; NaN for anything else. */
export function readNumber(text: string): number {
  return Number(text.trim().replace(",", "."));
}
