import { KDM_FORMULAS } from "../../shared/electrochem/kdm.ts";
import { quantitiesOf } from "../../shared/trends/quantities.ts";
import { useViewer } from "../stores/viewer.ts";
import { SETTING_WORDS } from "../trends/setting-words.ts";
import { QUANTITY_WORDS } from "../trends/trend-words.ts";
import { DraftInput } from "./draft-input.tsx";
import { Choice, Field, NumberField, readNumber } from "./trend-fields.tsx";

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
        label={SETTING_WORDS.quantity}
        name="quantity"
        options={quantitiesOf(sessions.shown.value?.technique ?? "swv").map((one) => [
          one,
          QUANTITY_WORDS[one],
        ])}
      />
      <Reference />
      {frequencies.length > 1 && (
        <>
          <Frequency label={SETTING_WORDS.on_hz} name="on_hz" usual="highest" frequencies={frequencies} />
          <Frequency label={SETTING_WORDS.off_hz} name="off_hz" usual="lowest" frequencies={frequencies} />
          <Choice label={SETTING_WORDS.kdm} name="kdm" options={Object.entries(KDM_FORMULAS)} />
          <Low />
          <Choice
            label={SETTING_WORDS.pairing}
            name="pairing"
            options={[
              ["number", "same file number"],
              ["rank", "k-th of each frequency"],
            ]}
          />
        </>
      )}
      <Choice
        label={SETTING_WORDS.axis}
        name="axis"
        options={[
          ["hours", "hour"],
          ["file-number", "file"],
        ]}
      />
      <NumberField
        name="seconds_per_file"
        label={SETTING_WORDS.seconds_per_file}
        placeholder="by clock"
        empty={null}
      />
      <NumberField name="replicates" label={SETTING_WORDS.replicates} empty={1} />
      {electrodes.length > 1 && <Electrodes electrodes={electrodes} />}
      {!mayControl.value && (
        <p class="quiet">This link shows the settings. Whoever sent it can change them.</p>
      )}
      {notes.problem.value !== null && <p role="alert">{notes.problem.value}</p>}
    </fieldset>
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
    const low = readNumber(from);
    const high = to.trim() === "" ? low : readNumber(to);
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
          take={(text) => set(text, readNumber(text) <= (reference?.to ?? 0) ? String(reference?.to) : "")}
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
        const value = readNumber(text);
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
      <span>{SETTING_WORDS.electrodes}</span>
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
