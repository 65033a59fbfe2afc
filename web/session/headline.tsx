import { QUANTITY_UNITS } from "../../shared/trends/trace-series.ts";
import { type Direction, direction } from "../log/direction.ts";
import { Swatch } from "../plots/swatch.tsx";
import { useViewer } from "../stores/viewer.ts";
import { share } from "../trends/trend-words.ts";
import { siNumber } from "../words/si.ts";
import { shownPoint } from "./shown-point.ts";

const ARROWS: Record<Direction, string> = { rising: "↗", falling: "↘", steady: "→" };

/** The value that is read from two metres away, and where it is going; a tap goes to the next line. */
export function Headline() {
  const viewer = useViewer();
  const { view, trends, notes } = viewer;
  const lines = trends.lines.value;
  const shown = lines[view.headlined.value % Math.max(1, lines.length)];
  if (shown === undefined) return null;
  const { value, elsewhere } = shownPoint(viewer, shown);
  const going = direction(shown.line.ys);
  const scale = trends.scale.value;
  const isShare = trends.signal.value !== "value";
  return (
    <button
      type="button"
      class="headline"
      data-testid="headline"
      title={lines.length > 1 ? "Next trace" : undefined}
      onClick={() => {
        view.headlined.value += 1;
      }}
    >
      <span class="headline-name">
        <Swatch look={shown.look} /> {shown.name}
        {elsewhere !== null && ` ${elsewhere}`}
      </span>
      {Number.isNaN(value) ? (
        <span class="headline-value">no value</span>
      ) : (
        <span class="headline-value">
          {isShare ? share(value) : siNumber(value, scale)}
          {!isShare && (
            <span class="headline-unit">
              {scale.symbol}
              {QUANTITY_UNITS[notes.params.value.quantity]}
            </span>
          )}
        </span>
      )}
      {going !== null && view.pinned.value === null && (
        <span class="headline-going">
          <span aria-hidden="true">{ARROWS[going]}</span> {going}
        </span>
      )}
    </button>
  );
}
