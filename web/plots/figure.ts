import uPlot from "uplot";
import { type PlotTheme, plotTheme } from "./plot-theme.ts";
import type { Limits } from "./stepped-limits.ts";

/** One axis: its label (quantity / unit), where ticks stand and what stands at them. */
export interface AxisPlan {
  label(): string;
  /** Ticks for limits, at most about `most` of them. */
  ticks(limits: Limits, most: number): number[];
  /** Distance that neighbouring texts need, CSS px. */
  readonly space: number;
  /** Texts for these ticks; `\n` begins a second line. */
  texts(ticks: readonly number[]): string[];
}

/** Where a painter draws: the plot's own canvas, in device pixels, clipped to the frame. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly theme: PlotTheme;
  readonly frame: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly xLimits: Limits;
  toX(value: number): number;
  toY(value: number): number;
}

export interface FigurePlan {
  /** Values that the cursor can stand at, ascending. */
  xs(): Float64Array;
  xLimits(): Limits;
  yLimits(): Limits;
  readonly xAxis: AxisPlan;
  readonly yAxis: AxisPlan;
  paint(canvas: Canvas): void;
  /** The cursor stands at a value, or has left (null). `index` counts in `xs`. */
  cursor?(at: { readonly x: number; readonly y: number; readonly index: number } | null): void;
  /** A box was drawn; `y` null: across the whole height. */
  zoomed?(x: Limits, y: Limits | null): void;
  /** A turn of the wheel at a value: limits are to be scaled by the factor around it. */
  wheel?(x: number, factor: number): void;
  reset?(): void;
  /** A click or tap, not the end of a drag. */
  clicked?(index: number): void;
}

/** A box flatter or narrower than this zooms along one axis only. */
const BOX_LEAST = 24;
const CLICK_SLACK = 4;
const WHEEL_FACTOR = 1.18;

/** Room for the texts of an axis, CSS px: two lines where a day stands below the time; as wide as the longest number. */
function roomFor(scale: "x" | "y", texts: readonly string[]): number {
  if (scale === "x") return texts.some((text) => text.includes("\n")) ? 44 : 28;
  return Math.max(40, Math.max(...texts.map((text) => text.length)) * 7.5 + 14);
}

/** A plot: uPlot for axes, cursor and selection, our own hand for the data. Draws at most once per frame. */
export class Figure {
  private readonly host: HTMLElement;
  private readonly plan: FigurePlan;
  private readonly theme = plotTheme();
  private readonly plot: uPlot;
  private readonly sizes: ResizeObserver;
  private request = 0;

  constructor(host: HTMLElement, plan: FigurePlan) {
    this.host = host;
    this.plan = plan;
    this.plot = new uPlot(this.options(), [plan.xs()], host);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(host);
    this.listen(this.plot.over);
  }

  /** Asks for a new picture with the next frame. */
  draw(): void {
    if (this.request !== 0) return;
    this.request = requestAnimationFrame(() => {
      this.request = 0;
      this.plot.setData([this.plan.xs()]);
    });
  }

  destroy(): void {
    cancelAnimationFrame(this.request);
    this.sizes.disconnect();
    this.plot.destroy();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width > 0 && height > 0) this.plot.setSize({ width, height });
  }

  private options(): uPlot.Options {
    const { plan } = this;
    return {
      width: Math.max(this.host.clientWidth, 80),
      height: Math.max(this.host.clientHeight, 80),
      padding: [10, 14, 0, 0],
      legend: { show: false },
      series: [{}],
      scales: {
        x: { time: false, range: () => [...plan.xLimits()] },
        y: { range: () => [...plan.yLimits()] },
      },
      axes: [this.axis(plan.xAxis, "x"), this.axis(plan.yAxis, "y")],
      cursor: this.cursor(),
      hooks: { draw: [() => this.paint()], setCursor: [() => this.tellCursor()], setSelect: [() => this.tellZoom()] },
    };
  }

  private axis(axis: AxisPlan, scale: "x" | "y"): uPlot.Axis {
    const { theme } = this;
    return {
      scale,
      side: scale === "x" ? 2 : 3,
      label: () => axis.label(),
      labelFont: theme.labelFont,
      labelSize: 20,
      labelGap: 2,
      font: theme.font,
      size: (_plot, texts) => roomFor(scale, texts ?? []),
      gap: 4,
      stroke: theme.muted,
      splits: (plot, _index, low, high) => {
        const length = scale === "x" ? plot.over.clientWidth : plot.over.clientHeight;
        return axis.ticks([low, high], Math.max(2, Math.floor(length / axis.space)));
      },
      values: (_plot, ticks) => axis.texts(ticks),
      grid: { show: scale === "y", stroke: theme.grid, width: 1 },
      ticks: { show: true, stroke: theme.axis, width: 1, size: 5 },
    };
  }

  private cursor(): uPlot.Cursor {
    const { plan } = this;
    return {
      x: true,
      y: false,
      points: { show: false },
      move: (plot, left, top) => this.snap(plot, left, top),
      drag: { x: plan.zoomed !== undefined, y: plan.zoomed !== undefined, uni: BOX_LEAST, setScale: false },
      bind: { dblclick: () => () => (plan.reset?.(), null) },
    };
  }

  /** The cursor stands at a scan, not between two; while a box is drawn it goes where the hand goes. */
  private snap(plot: uPlot, left: number, top: number): [number, number] {
    const dragging = (plot.cursor.event?.buttons ?? 0) > 0;
    const value = plot.data[0]?.[plot.posToIdx(left)];
    if (left < 0 || dragging || value === undefined || value === null) return [left, top];
    return [plot.valToPos(value, "x"), top];
  }

  private paint(): void {
    const { plot, theme } = this;
    const { left, top, width, height } = plot.bbox;
    const context = plot.ctx;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    this.plan.paint({
      context,
      theme,
      frame: { left, top, right: left + width, bottom: top + height },
      ratio: devicePixelRatio,
      xLimits: [plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 1],
      toX: (value) => plot.valToPos(value, "x", true),
      toY: (value) => plot.valToPos(value, "y", true),
    });
    context.restore();
    // Last, or a grid line on the axis would hide it.
    context.fillStyle = theme.axis;
    context.fillRect(left, top, devicePixelRatio, height);
    context.fillRect(left, top + height - devicePixelRatio, width, devicePixelRatio);
  }

  private tellCursor(): void {
    const { left = -1, top = -1, idx } = this.plot.cursor;
    if (left < 0) this.plan.cursor?.(null);
    else this.plan.cursor?.({ x: this.valueAt(left, "x"), y: this.valueAt(top, "y"), index: idx ?? -1 });
  }

  private tellZoom(): void {
    const { left, top, width, height } = this.plot.select;
    if (width < CLICK_SLACK && height < CLICK_SLACK) return;
    const whole = { x: width >= this.plot.over.clientWidth - 1, y: height >= this.plot.over.clientHeight - 1 };
    const x: Limits = whole.x ? this.plan.xLimits() : [this.valueAt(left, "x"), this.valueAt(left + width, "x")];
    const y: Limits | null = whole.y ? null : [this.valueAt(top + height, "y"), this.valueAt(top, "y")];
    this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.plan.zoomed?.(x, y);
  }

  private valueAt(position: number, scale: "x" | "y"): number {
    return this.plot.posToVal(position, scale);
  }

  private listen(over: HTMLElement): void {
    let down: readonly [number, number] = [0, 0];
    over.addEventListener("mousedown", (event) => {
      down = [event.clientX, event.clientY];
    });
    over.addEventListener("click", (event) => {
      const moved = Math.hypot(event.clientX - down[0], event.clientY - down[1]);
      const index = this.plot.cursor.idx;
      if (moved <= CLICK_SLACK && index !== null && index !== undefined) this.plan.clicked?.(index);
    });
    if (this.plan.wheel === undefined) return;
    over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const at = this.valueAt(event.clientX - this.plot.over.getBoundingClientRect().left, "x");
    this.plan.wheel?.(at, event.deltaY > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR);
  }
}
