import { peakWindowOf } from "../log/peak-window.ts";
import { peakWords } from "../log/result-words.ts";
import { askToExclude } from "../notes/note-actions.ts";
import { VoltammogramPlot } from "../plots/voltammogram-plot.tsx";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";
import { LowerChoice } from "./lower-choice.tsx";
import { ScanName } from "./scan-name.tsx";
import { ScanNumbers } from "./scan-numbers.tsx";
import { traceName } from "./trend-summary.ts";

/** One round of scans: its voltammograms and its numbers. */
export function ScanPanel() {
  const { view, sessions, round, tuning, mayControl } = useViewer();
  const isDecay = sessions.shown.value?.technique === "ca";
  const summary = round.readouts.value
    .map(({ trace, row }) => `${traceName(trace)}: ${peakWords(row)}.`)
    .join(" ");
  return (
    <section class="scan-panel" id="panel-scan" aria-label="Scan">
      <div class="scan-curves">
        <header class="panel-head">
          <LowerChoice />
          <ScanName />
          {tuning.curves.value !== null && <span class="trial-note">a trial, not applied yet</span>}
          <ExcludeButton />
          <StepButtons />
        </header>
        <VoltammogramPlot
          curves={() => round.onlyVisible(tuning.curves.value ?? round.shownCurves.value)}
          look={(id) => view.looks.value.look(id, shownTheme.value)}
          peakWindow={() => peakWindowOf(tuning.params.value)}
          moveEdge={mayControl.value ? (edge, potentialV) => tuning.moveEdge(edge, potentialV) : undefined}
          name={
            isDecay ? "Chronoamperogram: current against time" : "Voltammogram: current against potential"
          }
          summary={summary}
        />
        <CurveProblem />
      </div>
      <ScanNumbers />
    </section>
  );
}

/** Why there is nothing to draw, where that is known. */
function CurveProblem() {
  const { round } = useViewer();
  const problem = round.curveProblem.value;
  return problem === null ? null : <p class="curve-problem quiet">{problem}</p>;
}

function ExcludeButton() {
  const viewer = useViewer();
  const { round, trends } = viewer;
  const focus = round.focus.value;
  if (focus === null || !viewer.mayControl.value) return null;
  const excluded = (trends.derived.value?.exclusions.of(focus) ?? []).length > 0;
  return (
    <button
      type="button"
      data-testid="exclude"
      aria-pressed={excluded}
      aria-keyshortcuts="x"
      onClick={() => askToExclude(viewer)}
    >
      {excluded ? "Excluded" : "Exclude"} <kbd>X</kbd>
    </button>
  );
}

function StepButtons() {
  const { round } = useViewer();
  return (
    <fieldset class="panel-tools" aria-label="Step through the scans">
      <button
        type="button"
        class="icon-button"
        aria-label="Previous scan"
        title="Previous scan (←)"
        onClick={() => round.step(-1)}
      >
        ‹
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Next scan"
        title="Next scan (→)"
        onClick={() => round.step(1)}
      >
        ›
      </button>
    </fieldset>
  );
}
