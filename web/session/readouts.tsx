import { kindOf } from "../log/trace.ts";
import { Swatch } from "../plots/swatch.tsx";
import type { Readout } from "../stores/round.ts";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";
import { siText } from "../words/si.ts";
import { ScanName } from "./scan-name.tsx";
import { traceName } from "./trend-summary.ts";

/** More would push the plot off the screen; the matrix and the table have the rest. */
const MOST = 12;

/** The legend that tells values: of the scan under the cursor, else each trace's newest. */
export function Readouts() {
  const { round } = useViewer();
  const all = round.readouts.value;
  return (
    <div class="readouts">
      <ScanName />
      {all.slice(0, MOST).map((readout) => (
        <ReadoutChip key={readout.trace.key} readout={readout} />
      ))}
      {all.length > MOST && <span class="quiet">and {all.length - MOST} more</span>}
    </div>
  );
}

function ReadoutChip({ readout: { trace, row } }: { readonly readout: Readout }) {
  const { view, round } = useViewer();
  const value =
    row === null
      ? "–"
      : kindOf(row) === "peak"
        ? siText(row.peak_height_a, "A", round.heightScale.value)
        : "no peak";
  return (
    <span class="readout">
      <Swatch look={view.looks.value.look(trace.id, shownTheme.value)} />
      <span class="readout-name">{traceName(trace)}</span> <span class="readout-value">{value}</span>
    </span>
  );
}
