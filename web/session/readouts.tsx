import { QUANTITY_UNITS } from "../../shared/trends/trace-series.ts";
import { Swatch } from "../plots/swatch.tsx";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { type ShownLine, valueAt } from "../trends/shown-line.ts";
import { share } from "../trends/trend-words.ts";
import { siText } from "../words/si.ts";
import { DriftWords } from "./drift-words.tsx";
import { ScanName } from "./scan-name.tsx";

/** More would push the plot off the screen; the matrix and the table have the rest. */
const MOST = 12;

/** The legend that tells values: of the scan under the cursor, else each line's newest. */
export function Readouts() {
  const viewer = useViewer();
  const all = viewer.trends.lines.value;
  return (
    <div class="readouts">
      <ScanName />
      {all.slice(0, MOST).map((line) => (
        <span class="readout" key={line.id}>
          <Swatch look={line.look} />
          <span class="readout-name">{line.name}</span>{" "}
          <span class="readout-value">{valueText(viewer, shownValue(viewer, line))}</span>
        </span>
      ))}
      {all.length > MOST && <span class="quiet">and {all.length - MOST} more</span>}
      <DriftWords />
    </div>
  );
}

/** The value of a line at the scan in view; NaN where it has none. */
export function shownValue({ round, trends }: Viewer, { line }: ShownLine): number {
  const focus = round.focus.value;
  if (round.latest.value || focus === null) return valueAt(line, null);
  return valueAt(line, trends.derived.value?.placed.keys[focus] ?? null);
}

/** A value of the drawn series, with its unit. */
export function valueText({ trends, notes }: Viewer, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (trends.signal.value !== "value") return share(value);
  return siText(value, QUANTITY_UNITS[notes.params.value.quantity], trends.scale.value);
}
