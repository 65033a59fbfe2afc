import { type Direction, direction } from "../log/direction.ts";
import { kindOf } from "../log/trace.ts";
import { Swatch } from "../plots/swatch.tsx";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";
import { siNumber } from "../words/si.ts";
import { traceName } from "./trend-summary.ts";

const ARROWS: Record<Direction, string> = { rising: "↗", falling: "↘", steady: "→" };

/** The value that is read from two metres away, and where it is going; a tap goes to the next trace. */
export function Headline() {
  const { view, round } = useViewer();
  const readouts = round.readouts.value;
  const readout = readouts[view.headlined.value % Math.max(1, readouts.length)];
  if (readout === undefined) return null;
  const { trace, row } = readout;
  const line = view.trend.value?.trend.lines.get(trace.key);
  const going = line === undefined ? null : direction(line.heightsA.view());
  const scale = round.heightScale.value;
  return (
    <button
      type="button"
      class="headline"
      data-testid="headline"
      title={readouts.length > 1 ? "Next trace" : undefined}
      onClick={() => {
        view.headlined.value += 1;
      }}
    >
      <span class="headline-name">
        <Swatch look={view.looks.value.look(trace.id, shownTheme.value)} /> {traceName(trace)}
      </span>
      {row !== null && kindOf(row) === "peak" ? (
        <span class="headline-value">
          {siNumber(row.peak_height_a, scale)}
          <span class="headline-unit">{scale.symbol}A</span>
        </span>
      ) : (
        <span class="headline-value">{row === null ? "–" : "no peak"}</span>
      )}
      {going !== null && view.pinned.value === null && (
        <span class="headline-going">
          <span aria-hidden="true">{ARROWS[going]}</span> {going}
        </span>
      )}
    </button>
  );
}
