import { QUANTITY_UNITS } from "../../shared/trends/trace-series.ts";
import { Swatch } from "../plots/swatch.tsx";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import type { ShownLine } from "../trends/shown-line.ts";
import { share } from "../trends/trend-words.ts";
import { siText } from "../words/si.ts";
import { DriftWords } from "./drift-words.tsx";
import { ScanName } from "./scan-name.tsx";
import { shownPoint } from "./shown-point.ts";

/** More would push the plot off the screen; the matrix and the table have the rest. */
const MOST = 12;

/** The legend that tells values: of the scan under the cursor, else of the latest. */
export function Readouts() {
  const viewer = useViewer();
  const all = viewer.trends.lines.value;
  return (
    <div class="readouts">
      <ScanName />
      {all.slice(0, MOST).map((line) => (
        <Readout key={line.id} line={line} />
      ))}
      {all.length > MOST && <span class="quiet">and {all.length - MOST} more</span>}
      <DriftWords />
    </div>
  );
}

function Readout({ line }: { readonly line: ShownLine }) {
  const viewer = useViewer();
  const { value, elsewhere } = shownPoint(viewer, line);
  return (
    <span class="readout">
      <Swatch look={line.look} />
      <span class="readout-name">{line.name}</span>{" "}
      <span class="readout-value">{valueText(viewer, value)}</span>
      {elsewhere !== null && <span class="quiet readout-elsewhere"> {elsewhere}</span>}
    </span>
  );
}

/** A value of the drawn series, with its unit. */
function valueText({ trends, notes }: Viewer, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (trends.signal.value !== "value") return share(value);
  return siText(value, QUANTITY_UNITS[notes.params.value.quantity], trends.scale.value);
}
