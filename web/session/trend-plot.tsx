import { useMemo } from "preact/hooks";
import { MarkLabels } from "../notes/mark-labels.tsx";
import { TrendPlan } from "../plots/trend-plan.ts";
import { useFigure } from "../plots/use-figure.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { SIGNAL_WORDS } from "../trends/trend-words.ts";
import { trendSummary } from "./trend-summary.ts";

/** The trend as a picture with a name, a summary, and numbers that tell how much is shown. */
export function TrendPlot() {
  const viewer = useViewer();
  const plan = useMemo(() => new TrendPlan(viewer), []);
  const host = useFigure(
    () => plan,
    () => touch(viewer),
    () => {
      viewer.view.pinned.value;
      viewer.view.hovered.value;
    },
  );
  const { sessions, round, trends } = viewer;
  const log = sessions.followed.value?.log;
  const points = trends.lines.value.reduce((sum, { line }) => sum + present(line.ys), 0);
  return (
    <div class="plot-frame trend-frame">
      <div
        ref={host}
        class="plot"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a plot that is read must be reachable by keyboard
        tabIndex={0}
        aria-label={`Trend: ${SIGNAL_WORDS[trends.signal.value]}`}
        data-signal={trends.signal.value}
        data-marks={trends.marks.value.length}
        aria-description={trendSummary(round.readouts.value, points)}
        data-testid="trend-plot"
        data-points={points}
        data-next={log?.next ?? 0}
        data-head={log?.head ?? 0}
      />
      <MarkLabels />
    </div>
  );
}

function present(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) count += 1;
  return count;
}

/** Everything that the picture depends on. While data are stale a time axis runs on with the clock. */
function touch({ view, stale, trends }: Viewer): void {
  trends.lines.value;
  trends.marks.value;
  view.zoom.value;
  view.visible.value;
  view.axis.value;
  if (stale.value !== null && view.axis.value !== "file-number") nowMs.value;
}
