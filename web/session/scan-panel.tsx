import { VoltammogramPlot } from "../plots/voltammogram-plot.tsx";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";
import { peakWords } from "../log/result-words.ts";
import { ScanName } from "./scan-name.tsx";
import { ScanNumbers } from "./scan-numbers.tsx";
import { traceName } from "./trend-summary.ts";

/** One round of scans: its voltammograms and its numbers. */
export function ScanPanel() {
  const { view, sessions } = useViewer();
  const summary = view.readouts.value.map(({ trace, row }) => `${traceName(trace)}: ${peakWords(row)}.`).join(" ");
  return (
    <section class="scan-panel" id="panel-scan" aria-label="Scan">
      <div class="scan-curves">
        <header class="panel-head">
          <h2>Voltammogram</h2>
          <ScanName />
          <StepButtons />
        </header>
        <VoltammogramPlot
          curves={() => view.shownCurves.value}
          look={(curve) => view.looks.value.look(curve, shownTheme.value)}
          peakWindow={() => sessions.shown.value?.params.peak_window ?? null}
          name="Voltammogram: current against potential"
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
  const { view } = useViewer();
  const problem = view.curveProblem.value;
  return problem === null ? null : <p class="curve-problem quiet">{problem}</p>;
}

function StepButtons() {
  const { view } = useViewer();
  return (
    <span class="panel-tools" role="group" aria-label="Step through the scans">
      <button type="button" class="icon-button" aria-label="Previous scan" title="Previous scan (←)" onClick={() => view.step(-1)}>
        ‹
      </button>
      <button type="button" class="icon-button" aria-label="Next scan" title="Next scan (→)" onClick={() => view.step(1)}>
        ›
      </button>
    </span>
  );
}
