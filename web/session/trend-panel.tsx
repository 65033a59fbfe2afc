import { AXES, type TrendAxis } from "../stores/view.ts";
import { useViewer } from "../stores/viewer.ts";
import { Headline } from "./headline.tsx";
import { Readouts } from "./readouts.tsx";
import { ResultTableView } from "./result-table.tsx";
import { zoomBy } from "./shortcuts.ts";
import { TrendPlot } from "./trend-plot.tsx";

const AXIS_WORDS: Record<TrendAxis, string> = { "file-number": "File", time: "Time", elapsed: "Elapsed" };

/** The big plot: here the run goes on. */
export function TrendPanel() {
  const { view } = useViewer();
  return (
    <section class="trend-panel" id="panel-trend" aria-labelledby="trend-title">
      <Headline />
      <header class="panel-head">
        <h2 id="trend-title">Peak height</h2>
        <AxisChoice />
        <span class="panel-tools">
          {!view.following.value && (
            <button
              type="button"
              class="pill"
              data-testid="follow"
              aria-keyshortcuts="l"
              onClick={() => view.follow()}
            >
              Follow latest
            </button>
          )}
          {!view.asTable.value && <ZoomButtons />}
          <button
            type="button"
            aria-pressed={view.asTable.value}
            aria-keyshortcuts="t"
            onClick={() => {
              view.asTable.value = !view.asTable.value;
            }}
          >
            Table
          </button>
        </span>
      </header>
      {view.asTable.value ? (
        <ResultTableView />
      ) : (
        <>
          <Readouts />
          <TrendPlot />
        </>
      )}
    </section>
  );
}

function AxisChoice() {
  const { view } = useViewer();
  return (
    <fieldset class="segments" aria-label="Along the axis">
      {AXES.map((axis) => (
        <button
          type="button"
          key={axis}
          aria-pressed={view.axis.value === axis}
          onClick={() => view.setAxis(axis)}
        >
          {AXIS_WORDS[axis]}
        </button>
      ))}
    </fieldset>
  );
}

function ZoomButtons() {
  const viewer = useViewer();
  return (
    <fieldset class="zoom-buttons" aria-label="Zoom">
      <button
        type="button"
        class="icon-button"
        aria-label="Zoom in"
        title="Zoom in (+)"
        onClick={() => zoomBy(viewer, 1 / 1.5)}
      >
        +
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Zoom out"
        title="Zoom out (−)"
        onClick={() => zoomBy(viewer, 1.5)}
      >
        −
      </button>
    </fieldset>
  );
}
