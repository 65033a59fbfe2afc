import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { lineDrift } from "../../shared/trends/line-drift.ts";
import { QUANTITY_UNITS } from "../../shared/trends/trace-series.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { number } from "../trends/trend-words.ts";
import { siScale, siText } from "../words/si.ts";

/** More lines are too many for a figure each, and each takes milliseconds. */
const MOST = 2;
/** A robust slope over thousands of points need not follow every scan. */
const EVERY_MS = 5_000;

/** With a prefix of its own: an hour's drift is a small part of the value, and would be 0.00 in the value's. */
function slopeText(slope: number, unit: string): string {
  const scale = siScale(slope);
  // Two digits fewer than a value has: more of a slope is noise.
  return siText(slope, unit, { ...scale, decimals: Math.max(0, scale.decimals - 2) });
}

/** Robust slope of the drawn lines, where there are few: switch to the mean, or to one trace. */
export function DriftWords() {
  const viewer = useViewer();
  const due = useMemo(() => computed(() => Math.floor(nowMs.value / EVERY_MS)), []);
  const words = useMemo(
    () =>
      computed(() => {
        const { trends, notes } = viewer;
        due.value;
        trends.signal.value;
        trends.asMean.value;
        notes.params.value;
        const lines = trends.lines.peek();
        const derived = trends.derived.peek();
        if (derived === null || lines.length === 0 || lines.length > MOST) return null;
        return lines.map(({ series, look, id }) => ({ id, look, drift: lineDrift(series, derived) }));
      }),
    [],
  );
  const { trends, notes } = viewer;
  const { axis, quantity } = notes.params.value;
  const per = axis === "hours" ? "h" : "file";
  const hasNoTime = words.value?.some(
    ({ drift }) => drift.kind === "no-drift" && drift.reason === "no-intervals",
  );
  if (hasNoTime)
    return (
      <span
        class="readout quiet"
        title="How much time lies between the scans is not known: set Seconds per file in Settings."
        data-testid="drift"
      >
        drift cannot be told
      </span>
    );
  return (
    <>
      {words.value?.map(({ id, drift }) =>
        drift.kind === "drift" ? (
          <span class="readout quiet" key={id} title="Theil–Sen slope of the whole line" data-testid="drift">
            drift{" "}
            {trends.signal.value === "value"
              ? slopeText(drift.slope, QUANTITY_UNITS[quantity])
              : `${number(Number((drift.slope * 100).toPrecision(2)))}\u202f%`}
            /{per}
          </span>
        ) : null,
      )}
    </>
  );
}
