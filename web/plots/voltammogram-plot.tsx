import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Curve } from "../log/curve.ts";
import type { TraceId } from "../log/trace.ts";
import { siText, withUnit } from "../words/si.ts";
import type { Limits } from "./stepped-limits.ts";
import type { TraceLook } from "./trace-look.ts";
import { useFigure } from "./use-figure.ts";
import { VoltammogramPlan } from "./voltammogram-plan.ts";

interface VoltammogramPlotProps {
  /** Read inside of the plot's own drawing, so that data move without the page being rendered. */
  readonly curves: () => readonly Curve[];
  readonly look: (id: TraceId) => TraceLook;
  readonly peakWindow: () => Limits | null;
  /** Absent: the window cannot be moved here. */
  readonly moveEdge?: ((edge: 0 | 1, potentialV: number) => void) | undefined;
  readonly name: string;
  readonly summary: string;
}

/** The voltammogram of one round: raw points, smoothed line, baseline, peak; potential and current at the cursor. */
export function VoltammogramPlot(props: VoltammogramPlotProps) {
  const { curves, look, peakWindow, moveEdge, name, summary } = props;
  const parts = useMemo(() => {
    const readout = signal("");
    const plan = new VoltammogramPlan({
      curves,
      look,
      peakWindow,
      ...(moveEdge && { moveEdge }),
      cursor: (at) => {
        const scale = plan.yAxis.scale;
        readout.value =
          at === null || scale === null
            ? ""
            : `${withUnit(at.x, 3, plan.xUnit)}   ${siText(at.currentA, "A", scale)}`;
      },
    });
    return { plan, readout };
  }, []);
  const host = useFigure(
    () => parts.plan,
    () => {
      curves();
      peakWindow();
    },
  );
  return (
    <div class="plot-frame">
      <div
        ref={host}
        class="plot"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a plot that is read must be reachable by keyboard
        tabIndex={0}
        aria-label={name}
        aria-description={summary}
        data-testid="voltammogram-plot"
      />
      <output class="plot-readout" aria-hidden="true">
        {parts.readout}
      </output>
    </div>
  );
}
