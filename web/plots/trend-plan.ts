import type { Trend } from "../log/trend.ts";
import { nowMs } from "../stores/clock.ts";
import type { Viewer } from "../stores/viewer.ts";
import { lineRange, type ShownLine } from "../trends/shown-line.ts";
import type { Canvas } from "./canvas.ts";
import type { AxisPlan, FigurePlan } from "./figure.ts";
import { followLimits, zoomLimits } from "./follow-limits.ts";
import { countAxis } from "./number-axis.ts";
import { paintExcluded, paintFailures, paintNoPeaks } from "./rug.ts";
import { paintStale } from "./stale-stripe.ts";
import { type Limits, steppedLimits } from "./stepped-limits.ts";
import { clockAxis, ElapsedAxis } from "./time-axis.ts";
import { trendYAxis } from "./trend-axes.ts";
import { paintBand, paintGroups, paintMarks } from "./trend-extras.ts";
import { paintPointsOf, paintTrace } from "./trend-painter.ts";

/** Smallest span of the whole run: ten files, or ten seconds. */
const LEAST = { "file-number": 10, time: 10_000 } as const;
/** Room for the marks of scans without a peak below the data, as a part of their span. */
const RUG_ROOM = 0.07;
/** Room for the labels of marks above the data, as a part of their span. */
const LABEL_ROOM = 0.09;
/** A time axis runs on while nothing comes, up to this part of the run. */
const STALE_ROOM = 0.3;

const NOTHING = new Float64Array(0);

/** The big plot: the chosen series of all visible traces along files or time, with what people marked. */
export class TrendPlan implements FigurePlan {
  readonly yAxis: AxisPlan;
  private readonly viewer: Viewer;
  private readonly axes: Record<"file-number" | "time" | "elapsed", AxisPlan>;
  private y: Limits | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.yAxis = trendYAxis(viewer);
    const clock = () => this.trend?.clock;
    this.axes = {
      "file-number": countAxis("File number"),
      time: clockAxis(clock),
      elapsed: new ElapsedAxis(() => this.trend?.xs.at(0) ?? 0),
    };
  }

  get xAxis(): AxisPlan {
    const current = (): AxisPlan => this.axes[this.viewer.view.axis.value];
    return {
      get space() {
        return current().space;
      },
      label: () => current().label(),
      ticks: (...at) => current().ticks(...at),
      texts: (at) => current().texts(at),
    };
  }

  private get trend(): Trend | null {
    return this.viewer.view.trend.value?.trend ?? null;
  }

  private get lines(): readonly ShownLine[] {
    return this.viewer.trends.lines.value;
  }

  xs(): Float64Array {
    return this.trend?.xs.view() ?? NOTHING;
  }

  xLimits(): Limits {
    return this.viewer.view.zoom.value?.x ?? this.wholeRun();
  }

  yLimits(): Limits {
    const zoomed = this.viewer.view.zoom.value?.y;
    if (zoomed) return zoomed;
    const [from, to] = this.xLimits();
    const ranges = this.lines.flatMap(({ line, band }) => {
      const edges = band === null ? [line.ys] : [line.ys, band.low, band.high];
      return edges.flatMap((ys) => {
        const range = lineRange({ xs: line.xs, ys }, from, to);
        return range === null ? [] : [range];
      });
    });
    const low = Math.min(...ranges.map((range) => range[0]));
    const high = Math.max(...ranges.map((range) => range[1]));
    const room = RUG_ROOM * (high - low || Math.abs(high));
    const headroom = this.viewer.trends.marks.value.length > 0 ? LABEL_ROOM * (high - low) : 0;
    const [bottom, top] =
      ranges.length === 0
        ? this.viewer.trends.signal.value === "value"
          ? [0, 1e-6]
          : [0, 2]
        : steppedLimits(low >= 0 ? Math.max(0, low - room) : low - room, high + headroom, this.y);
    // Heights that are all positive need no room below zero.
    this.y = [low >= 0 ? Math.max(0, bottom) : bottom, top];
    return this.y;
  }

  paint(canvas: Canvas): void {
    const { sessions, trends } = this.viewer;
    const { trend } = this;
    const log = sessions.followed.value?.log;
    if (trend === null || log === undefined) return;
    this.paintZero(canvas);
    const { lines } = this;
    const exclusions = trends.derived.value?.exclusions;
    const isExcluded = (offset: number): boolean => (exclusions?.of(offset).length ?? 0) > 0;
    paintMarks(canvas, trends.marks.value);
    for (const { line, look, band, groups } of lines) {
      // A series that is derived has holes for many reasons; the rug is about scans.
      if (trends.signal.value === "value" && band === null)
        paintNoPeaks(canvas, line, look.color, isExcluded);
      if (band !== null) paintBand(canvas, line.xs, band, look.color);
      paintTrace(canvas, line, look, lines.length);
      paintGroups(canvas, groups, look.color);
    }
    // What replaced an excluded content counts, at the very same place.
    const excluded = exclusions?.offsets().filter((offset) => log.isCurrent(offset)) ?? [];
    paintExcluded(
      canvas,
      excluded.map((offset) => trend.xOf(offset)),
    );
    paintFailures(canvas, log, trend);
    const stale = this.viewer.stale.value;
    if (stale !== null && trend.xs.length > 0) paintStale(canvas, trend.xs.at(trend.xs.length - 1), stale);
  }

  paintOver(canvas: Canvas): void {
    this.viewer.trends.place(canvas);
    const { round } = this.viewer;
    const { trend } = this;
    if (trend === null || round.latest.value) return;
    this.paintPinned(canvas, trend);
    for (const { line, look } of this.lines) {
      for (const offset of round.offsets.value) paintPointsOf(canvas, line, look, trend.xOf(offset), offset);
    }
  }

  cursor(at: { readonly index: number } | null): void {
    const offset = at === null || this.trend === null ? Number.NaN : this.trend.offsets.at(at.index);
    this.viewer.view.hovered.value = Number.isNaN(offset) ? null : offset;
  }

  clicked(index: number): void {
    const offset = this.trend?.offsets.at(index) ?? Number.NaN;
    if (!Number.isNaN(offset)) this.viewer.view.pinned.value = offset;
  }

  zoomed(x: Limits, y: Limits | null): void {
    this.viewer.view.zoom.value = { x, y };
  }

  wheel(around: number, factor: number): void {
    const { zoom } = this.viewer.view;
    const x = zoomLimits(this.xLimits(), around, factor, this.wholeRun());
    zoom.value = x === null ? null : { x, y: zoom.value?.y ?? null };
  }

  reset(): void {
    this.viewer.view.zoom.value = null;
  }

  private wholeRun(): Limits {
    const { trend } = this;
    if (trend === null || trend.xs.length === 0) return [0, 1];
    const first = trend.xs.at(0);
    // The last file may hold several scans.
    const ends = this.lines.map(({ line }) => line.xs.at(-1) ?? first);
    const last = Math.max(trend.xs.at(trend.xs.length - 1), ...ends);
    return followLimits(first, Math.max(last, this.staleEnd(trend, first, last)), LEAST[trend.order]);
  }

  /** Where the present lies on a time axis when nothing comes any more. */
  private staleEnd(trend: Trend, first: number, last: number): number {
    const lastScanMs = this.viewer.lastScanMs.value;
    if (trend.order !== "time" || this.viewer.stale.value === null || lastScanMs === null) return last;
    return Math.min(last + Math.max(0, nowMs.value - lastScanMs), last + STALE_ROOM * (last - first));
  }

  private paintZero({ context, frame, ratio, theme, toY }: Canvas): void {
    const y = Math.round(toY(0));
    if (y <= frame.top || y >= frame.bottom) return;
    context.fillStyle = theme.axis;
    context.fillRect(frame.left, y, frame.right - frame.left, ratio);
  }

  private paintPinned({ context, frame, ratio, theme, toX }: Canvas, trend: Trend): void {
    const pinned = this.viewer.view.pinned.value;
    if (pinned === null) return;
    const x = Math.round(toX(trend.xOf(pinned)));
    context.fillStyle = theme.ink;
    context.fillRect(x, frame.top, ratio, frame.bottom - frame.top);
    context.beginPath();
    context.moveTo(x - 5 * ratio, frame.top);
    context.lineTo(x + 6 * ratio, frame.top);
    context.lineTo(x + 0.5 * ratio, frame.top + 7 * ratio);
    context.fill();
  }
}
