import type { TrendSignal } from "../../shared/protocol/trend-params.ts";
import { useViewer } from "../stores/viewer.ts";
import { formulaWords, missingWords, QUANTITY_WORDS, SIGNAL_WORDS } from "../trends/trend-words.ts";

const SIGNALS: readonly TrendSignal[] = ["value", "normalised", "ratio", "kdm"];

/** Which series is drawn; ratio and KDM only where there are two frequencies. */
export function SignalChoice() {
  const { trends, notes } = useViewer();
  const derived = trends.derived.value;
  const offered = SIGNALS.filter(
    (one) => one === "value" || one === "normalised" || (derived?.frequencies.length ?? 0) > 1,
  );
  return (
    <fieldset class="segments" aria-label="Series">
      {offered.map((one) => (
        <button
          type="button"
          key={one}
          data-testid={`signal-${one}`}
          aria-pressed={trends.signal.value === one}
          onClick={() => {
            trends.signal.value = one;
          }}
        >
          {one === "value"
            ? QUANTITY_WORDS[notes.params.value.quantity].replace("Peak ", "Peak\u00a0")
            : SIGNAL_WORDS[one]}
        </button>
      ))}
    </fieldset>
  );
}

export function MeanToggle() {
  const { trends } = useViewer();
  if ((trends.derived.value?.electrodes.length ?? 0) < 2) return null;
  return (
    <button
      type="button"
      data-testid="mean"
      aria-pressed={trends.asMean.value}
      title="Mean of the electrodes, with ± SD as a band"
      onClick={() => {
        trends.asMean.value = !trends.asMean.value;
      }}
    >
      Mean ± SD
    </button>
  );
}

/** How the shown numbers are made, or what is missing for them and the one click that helps. */
export function FormulaLine() {
  const viewer = useViewer();
  const { trends, notes, mayControl } = viewer;
  const derived = trends.derived.value;
  if (derived === null) return null;
  const missing = missingWords(trends.signal.value, derived);
  const formula = formulaWords(trends.signal.value, derived);
  if (missing === null) return formula === null ? null : <p class="formula quiet">{formula}</p>;
  const needsReference = derived.params.reference === null && mayControl.value;
  const first = firstKey(derived.placed.keys, derived.placed.current);
  return (
    <div class="strip" data-testid="trend-missing">
      <span>{missing}</span>
      {needsReference && first !== null && (
        <button
          type="button"
          class="primary"
          data-testid="reference-first"
          onClick={() => notes.setParams({ reference: { from: first, to: first } })}
        >
          Use the first scan
        </button>
      )}
    </div>
  );
}

function firstKey(keys: Float64Array, current: Float64Array): number | null {
  let first = Number.POSITIVE_INFINITY;
  keys.forEach((key, offset) => {
    if (current[offset] === 1 && key < first) first = key;
  });
  return Number.isFinite(first) ? first : null;
}
