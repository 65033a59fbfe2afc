import type { ComponentChildren } from "preact";
import type { HullPulseParams } from "../../shared/protocol/pulse-params.ts";
import { useViewer } from "../stores/viewer.ts";
import { countText, plural } from "../words/counts.ts";
import type { DraftFields } from "./draft.ts";

const DIRECTIONS: readonly { readonly value: HullPulseParams["direction"]; readonly text: string }[] = [
  { value: "auto", text: "automatic" },
  { value: "up", text: "upwards" },
  { value: "down", text: "downwards" },
];

/** What a proposal chose, open to change; the fit above follows while typing. */
export function AdjustForm() {
  const { setup } = useViewer();
  const fields = setup.fields.value;
  if (fields === null) return null;
  return (
    <form class="adjust" onSubmit={(event) => event.preventDefault()}>
      <Row label="Files" field="pattern" hint="{n} number, {f} Hz, {e} electrode, {*} anything">
        <Text field="pattern" wide />
      </Row>
      <PatternCount />
      <Row label="Peak between" field="windowFromV" hint="V; both empty: anywhere">
        <Text field="windowFromV" name="Peak from, V" /> <span class="quiet">and</span>{" "}
        <Text field="windowToV" name="Peak to, V" /> <span class="quiet">V</span>
      </Row>
      <Row label="Smoothing" field="smoothingPoints" hint="points, odd; empty: from the peak's width, once">
        <Text field="smoothingPoints" placeholder="auto" /> <span class="quiet">points</span>
      </Row>
      <Row label="Peak points" field="direction">
        <fieldset class="segments" aria-label="Peak points">
          {DIRECTIONS.map(({ value, text }) => (
            <button
              type="button"
              key={value}
              aria-pressed={fields.direction === value}
              onClick={() => setup.edit({ direction: value })}
            >
              {text}
            </button>
          ))}
        </fieldset>
      </Row>
      <Row label="Least signal to noise" field="minSnr" hint="a weaker one counts as no peak">
        <Text field="minSnr" />
      </Row>
    </form>
  );
}

/** What the pattern takes out of the folder, while it is typed. */
function PatternCount() {
  const { setup } = useViewer();
  const matches = setup.matches.value;
  if (matches.kind === "none") return null;
  const sample = setup.sample.value ?? setup.proposal.value?.sample;
  const pattern = setup.fields.value?.pattern.trim();
  return (
    <p
      class={matches.kind === "problem" || matches.matching === 0 ? "note problem" : "note"}
      role="status"
      data-testid="pattern-count"
    >
      {matches.kind === "problem"
        ? matches.message
        : `${countText(matches.matching)} of ${plural(matches.total, "file")} match${matches.matching === 1 ? "es" : ""}${matches.matching === 0 ? "; files that come later may." : "."}`}{" "}
      {setup.table.sample.value === null && sample !== undefined && pattern !== undefined && (
        <button type="button" class="plain" onClick={() => void setup.describeTable(sample, pattern)}>
          Describe the columns by hand
        </button>
      )}
    </p>
  );
}

interface RowProps {
  readonly label: string;
  readonly field: keyof DraftFields;
  readonly hint?: string;
  readonly children: ComponentChildren;
}

function Row({ label, field, hint, children }: RowProps) {
  const { setup } = useViewer();
  const draft = setup.draft.value;
  const problem = draft?.ok === false ? draft.problems[field] : undefined;
  return (
    <div class="adjust-row">
      <label for={`adjust-${field}`}>{label}</label>
      <div class="adjust-control">{children}</div>
      <p id={`adjust-${field}-note`} class={problem === undefined ? "note" : "note problem"}>
        {problem ?? hint}
      </p>
    </div>
  );
}

interface TextProps {
  readonly field: Exclude<keyof DraftFields, "direction">;
  readonly name?: string;
  readonly placeholder?: string;
  readonly wide?: boolean;
}

function Text({ field, name, placeholder, wide = false }: TextProps) {
  const { setup } = useViewer();
  return (
    <input
      id={`adjust-${field}`}
      class={wide ? "mono wide" : "number"}
      value={setup.fields.value?.[field] ?? ""}
      spellcheck={false}
      autocomplete="off"
      inputMode={wide ? "text" : "decimal"}
      aria-describedby={`adjust-${field}-note`}
      {...(name === undefined ? {} : { "aria-label": name })}
      {...(placeholder === undefined ? {} : { placeholder })}
      onInput={({ currentTarget }) => setup.edit({ [field]: currentTarget.value })}
    />
  );
}
