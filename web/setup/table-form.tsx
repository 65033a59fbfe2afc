import type { ComponentChildren } from "preact";
import { CURRENT_UNITS, X_UNITS } from "../../shared/formats/table-description.ts";
import { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { useViewer } from "../stores/viewer.ts";
import type { TableDraft } from "./table-draft.ts";
import { TablePreview } from "./table-preview.tsx";

const DELIMITERS: readonly (readonly [TableDraft["delimiter"], string])[] = [
  ["\t", "tab"],
  [",", "comma"],
  [";", "semicolon"],
  [" ", "blanks"],
];
const MARKS: readonly (readonly [TableDraft["decimalMark"], string])[] = [
  [".", "0.5"],
  [",", "0,5"],
];
const LAYOUTS: readonly (readonly [TableDraft["layout"], string])[] = [
  ["chosen", "chosen above each column"],
  ["spaced", "evenly spaced columns"],
];
const SPACED: readonly (readonly [keyof TableDraft["spaced"], string])[] = [
  ["electrodes", "Electrodes"],
  ["current", "First current in column"],
  ["spacing", "Columns per electrode"],
];
const TECHNIQUES: Readonly<Record<SessionTechnique, string>> = {
  swv: "SWV",
  dpv: "DPV",
  cv: "CV",
  lsv: "linear sweep",
  "frequency-map": "SWV over frequency",
  ca: "chronoamperometry",
};

/** How the columns of an unknown text file are to be read, with the file before one's eyes. */
export function TableForm() {
  const { setup } = useViewer();
  const { table } = setup;
  const [draft, sample] = [table.draft.value, table.sample.value];
  if (draft === null || sample === null) return null;
  const failure = table.failure.value;
  return (
    <section class="table-form" aria-labelledby="table-title">
      <div class="proposal-head">
        <h2 id="table-title">What stands in the columns?</h2>
        <button type="button" class="plain" onClick={() => setup.leaveTable()}>
          Back to the folder
        </button>
      </div>
      <form class="table-fields" onSubmit={(event) => event.preventDefault()}>
        <Field label="Measurement">
          <Choice
            name="Measurement"
            value={draft.technique}
            options={SessionTechnique.options.map((technique) => [technique, TECHNIQUES[technique]])}
            onChange={(technique) =>
              table.edit({
                technique,
                xUnit: technique === "ca" ? "s" : draft.xUnit.endsWith("s") ? "V" : draft.xUnit,
              })
            }
          />
        </Field>
        <Field label="Header lines">
          <input
            class="number"
            aria-label="Header lines"
            inputMode="numeric"
            value={draft.skipLines}
            onInput={({ currentTarget }) => table.edit({ skipLines: currentTarget.value })}
          />
        </Field>
        <Field label="Columns apart by">
          <Choice
            name="Columns apart by"
            value={draft.delimiter}
            options={DELIMITERS}
            onChange={(delimiter) => table.edit({ delimiter })}
          />
        </Field>
        <Field label="Numbers like">
          <Choice
            name="Numbers like"
            value={draft.decimalMark}
            options={MARKS}
            onChange={(decimalMark) => table.edit({ decimalMark })}
          />
        </Field>
        <Field label={draft.technique === "ca" ? "Time in" : "Potential in"}>
          <Choice
            name="Unit of the potential"
            value={draft.xUnit}
            options={X_UNITS.filter((unit) => unit.endsWith("s") === (draft.technique === "ca")).map(
              (unit) => [unit, unit],
            )}
            onChange={(xUnit) => table.edit({ xUnit })}
          />
        </Field>
        <Field label="Current in">
          <Choice
            name="Unit of the current"
            value={draft.currentUnit}
            options={CURRENT_UNITS.map((unit) => [unit, unit])}
            onChange={(currentUnit) => table.edit({ currentUnit })}
          />
        </Field>
        <Field label="Currents">
          <Choice
            name="Currents"
            value={draft.layout}
            options={LAYOUTS}
            onChange={(layout) => table.edit({ layout })}
          />
        </Field>
        {draft.layout === "spaced" && <SpacedFields draft={draft} />}
        <Field label="No value">
          <input
            class="missing-words"
            aria-label="Words that stand for no value"
            placeholder="NaN n/a"
            spellcheck={false}
            autocomplete="off"
            value={draft.missing}
            onInput={({ currentTarget }) => table.edit({ missing: currentTarget.value })}
          />
        </Field>
      </form>
      <TablePreview sample={sample} draft={draft} />
      {failure !== null && (
        <p class="problem" role="alert" data-testid="table-problem">
          {failure}
        </p>
      )}
    </section>
  );
}

/** Where the currents of many electrodes stand, in the numbers that SACMES asks for. */
function SpacedFields({ draft }: { readonly draft: TableDraft }) {
  const { table } = useViewer().setup;
  return SPACED.map(([key, label]) => (
    <Field key={key} label={label}>
      <input
        class="number"
        aria-label={label}
        inputMode="numeric"
        value={draft.spaced[key]}
        onInput={({ currentTarget }) =>
          table.edit({ spaced: { ...draft.spaced, [key]: currentTarget.value } })
        }
      />
    </Field>
  ));
}

function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="table-field">
      <span class="note">{label}</span>
      {children}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ name, value, options, onChange }: ChoiceProps<T>) {
  return (
    <select
      aria-label={name}
      value={value}
      onChange={({ currentTarget }) => {
        const chosen = options[currentTarget.selectedIndex];
        if (chosen !== undefined) onChange(chosen[0]);
      }}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option} selected={option === value}>
          {text}
        </option>
      ))}
    </select>
  );
}
