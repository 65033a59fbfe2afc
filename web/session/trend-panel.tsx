import { MarkStrip } from "../notes/mark-strip.tsx";
import { mark } from "../notes/note-actions.ts";
import { AXES, type TrendAxis } from "../stores/view.ts";
import { useViewer } from "../stores/viewer.ts";
import { Headline } from "./headline.tsx";
import { Readouts } from "./readouts.tsx";
import { ResultTableView } from "./result-table.tsx";
import { zoomBy } from "./shortcuts.ts";
import { FormulaLine, MeanToggle, SignalChoice } from "./trend-choice.tsx";
import { TrendPlot } from "./trend-plot.tsx";
import { TrendSettings } from "./trend-settings.tsx";

const AXIS_WORDS: Record<TrendAxis, string> = { "file-number": "File", time: "Time", elapsed: "Elapsed" };

/** The big plot: here the run goes on. */
export function TrendPanel() {
  const { view } = useViewer();
  return (
    <section class="trend-panel" id="panel-trend" aria-labelledby="trend-title">
      <Headline />
      <div class="trend-top">
        <header class="panel-head">
          <h2 id="trend-title" class="visually-hidden">
            Trend
          </h2>
          <SignalChoice />
          <MeanToggle />
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
            <MarkButton />
            <SettingsButton />
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
        <TrendSettings />
        <MarkStrip />
        <FormulaLine />
      </div>
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

function MarkButton() {
  const viewer = useViewer();
  if (!viewer.mayControl.value) return null;
  return (
    <button
      type="button"
      class="mark-button"
      data-testid="mark"
      aria-keyshortcuts="m"
      title="Mark an injection now, or at the scan under the cursor"
      onClick={() => mark(viewer)}
    >
      Mark <kbd>M</kbd>
    </button>
  );
}

function SettingsButton() {
  const { trends } = useViewer();
  return (
    <button
      type="button"
      data-testid="trend-settings-button"
      aria-expanded={trends.settingsOpen.value}
      aria-pressed={trends.settingsOpen.value}
      aria-keyshortcuts="s"
      onClick={() => {
        trends.settingsOpen.value = !trends.settingsOpen.value;
      }}
    >
      Settings
    </button>
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
