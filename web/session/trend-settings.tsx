import type { ComponentChildren } from "preact";
import { KDM_FORMULAS } from "../../shared/electrochem/kdm.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import { quantitiesOf } from "../../shared/trends/quantities.ts";
import { useViewer } from "../stores/viewer.ts";
import { QUANTITY_WORDS } from "../trends/trend-words.ts";
import { DraftInput } from "./draft-input.tsx";

/** How the trends are derived. Shared: what is set here, everybody sees, and exports use it. */
export function TrendSettings() {
  const { trends, mayControl, notes, sessions } = useViewer();
  const derived = trends.derived.value;
  if (!trends.settingsOpen.value || derived === null) return null;
  const { electrodes, frequencies } = derived;
  return (
    <fieldset class="trend-settings" disabled={!mayControl.value} data-testid="trend-settings">
      <legend class="visually-hidden">Trend settings, shared by all viewers</legend>
      <Choice
        label="Quantity"
        name="quantity"
        options={quantitiesOf(sessions.shown.value?.technique ?? "swv").map((one) => [
          one,
          QUANTITY_WORDS[one],
        ])}
      />
      <Reference />
      {frequencies.length > 1 && (
        <>
          <Frequency label="Signal on" name="on_hz" usual="highest" frequencies={frequencies} />
          <Frequency label="Signal off" name="off_hz" usual="lowest" frequencies={frequencies} />
          <Choice label="KDM" name="kdm" options={Object.entries(KDM_FORMULAS)} />
          <Low />
          <Choice
            label="Pairs"
            name="pairing"
            options={[
              ["number", "same file number"],
              ["rank", "k-th of each frequency"],
            ]}
          />
        </>
      )}
      <Choice
        label="Slopes per"
        name="axis"
        options={[
          ["hours", "hour"],
          ["file-number", "file"],
        ]}
      />
      <NumberField name="seconds_per_file" label="Seconds per file" placeholder="by clock" empty={null} />
      <NumberField name="replicates" label="Replicates" empty={1} />
      {electrodes.length > 1 && <Electrodes electrodes={electrodes} />}
      {!mayControl.value && (
        <p class="quiet">This link shows the settings. Whoever sent it can change them.</p>
      )}
      {notes.problem.value !== null && <p role="alert">{notes.problem.value}</p>}
    </fieldset>
  );
}

function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
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

function Frequency({
  label,
  name,
  usual,
  frequencies,
}: {
  readonly label: string;
  readonly name: "on_hz" | "off_hz";
  readonly usual: string;
  readonly frequencies: readonly number[];
}) {
  const { notes } = useViewer();
  return (
    <Field label={label}>
      <select
        data-testid={`trend-${name}`}
        value={notes.params.value[name] ?? ""}
        onChange={({ currentTarget: { value } }) =>
          notes.setParams({ [name]: value === "" ? null : Number(value) })
        }
      >
        <option value="">{usual}</option>
        {frequencies.map((one) => (
          <option key={one} value={one}>
            {one} Hz
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
          const parsed = TrendParams.shape[name].safeParse(text.trim() === "" ? empty : parse(text));
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

function Reference() {
  const viewer = useViewer();
  const { notes, trends, round } = viewer;
  const { reference, pairing } = notes.params.value;
  const focus = round.focus.value;
  const key = focus === null ? NAN : (trends.derived.value?.placed.keys[focus] ?? NAN);
  const set = (from: string, to: string): boolean => {
    if (from.trim() === "") {
      notes.setParams({ reference: null });
      return true;
    }
    const low = parse(from);
    const high = to.trim() === "" ? low : parse(to);
    const fits = low <= high && Math.abs(low) <= 1e9 && Math.abs(high) <= 1e9;
    if (fits) notes.setParams({ reference: { from: low, to: high } });
    return fits;
  };
  return (
    <div class="trend-field">
      <span>Reference, {pairing === "rank" ? "scans" : "files"}</span>
      <span class="row">
        <DraftInput
          class="number short"
          aria-label="Reference from"
          data-testid="reference-from"
          inputMode="decimal"
          placeholder="none"
          shown={String(reference?.from ?? "")}
          take={(text) => set(text, parse(text) <= (reference?.to ?? 0) ? String(reference?.to) : "")}
        />
        <span>to</span>
        <DraftInput
          class="number short"
          aria-label="Reference to"
          data-testid="reference-to"
          inputMode="decimal"
          shown={String(reference?.to ?? "")}
          take={(text) => set(String(reference?.from ?? text), text)}
        />
        {!Number.isNaN(key) && (
          <button
            type="button"
            data-testid="reference-here"
            title="The scan in view becomes the reference"
            onClick={() => notes.setParams({ reference: { from: key, to: key } })}
          >
            Scan {key}
          </button>
        )}
      </span>
    </div>
  );
}

const NAN = Number.NaN;

function parse(text: string): number {
  return Number(text.trim().replace(",", "."));
}

function Low() {
  const { notes } = useViewer();
  const { low } = notes.params.value;
  const field = (name: "slope" | "offset", words: string) => (
    <DraftInput
      class="number short"
      aria-label={words}
      data-testid={`low-${name}`}
      inputMode="decimal"
      shown={String(low[name])}
      take={(text) => {
        const value = parse(text);
        const fits = Math.abs(value) <= 1e6;
        if (fits) notes.setParams({ low: { ...low, [name]: value } });
        return fits;
      }}
    />
  );
  return (
    <div class="trend-field">
      <span>Signal off: slope, offset</span>
      <span class="row">
        {field("slope", "Slope of the signal-off correction")}
        {field("offset", "Offset of the signal-off correction")}
      </span>
    </div>
  );
}

function Electrodes({ electrodes }: { readonly electrodes: readonly number[] }) {
  const { notes } = useViewer();
  const chosen = notes.params.value.electrodes ?? electrodes;
  return (
    <div class="trend-field">
      <span>Electrodes in means</span>
      <span class="row electrode-choice">
        {electrodes.map((one) => (
          <button
            type="button"
            key={one}
            aria-pressed={chosen.includes(one)}
            onClick={() => {
              const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
              notes.setParams({ electrodes: next.length === electrodes.length ? null : next });
            }}
          >
            {one}
          </button>
        ))}
      </span>
    </div>
  );
}
