import { useMemo } from "preact/hooks";
import { TrendPlan } from "../plots/trend-plan.ts";
import { useFigure } from "../plots/use-figure.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
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
  const { view, sessions, round } = viewer;
  const trend = view.trend.value?.trend;
  const log = sessions.followed.value?.log;
  const points = view.visible.value.reduce((sum, { key }) => sum + (trend?.lines.get(key)?.peaks ?? 0), 0);
  return (
    <div class="plot-frame trend-frame">
      <div
        ref={host}
        class="plot"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a plot that is read must be reachable by keyboard
        tabIndex={0}
        aria-label="Trend of the peak height"
        aria-description={trendSummary(round.readouts.value, points)}
        data-testid="trend-plot"
        data-points={points}
        data-next={log?.next ?? 0}
        data-head={log?.head ?? 0}
      />
    </div>
  );
}

/** Everything that the picture depends on. While data are stale a time axis runs on with the clock. */
function touch({ view, stale }: Viewer): void {
  view.trend.value;
  view.zoom.value;
  view.visible.value;
  view.axis.value;
  if (stale.value !== null && view.axis.value !== "file-number") nowMs.value;
}
