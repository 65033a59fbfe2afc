import uPlot from "uplot";
import { type Canvas, paintInside } from "./canvas.ts";
import { listenForGrabs } from "./grab.ts";
import { plotTheme } from "./plot-theme.ts";
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

export interface FigurePlan {
  /** Values that the cursor can stand at, ascending. */
  xs(): Float64Array;
  xLimits(): Limits;
  yLimits(): Limits;
  readonly xAxis: AxisPlan;
  readonly yAxis: AxisPlan;
  paint(canvas: Canvas): void;
  /** What lies over the data and changes more often than they. */
  paintOver?(canvas: Canvas): void;
  /** The cursor stands at a value, or has left (null). `index` counts in `xs`. */
  cursor?(at: { readonly x: number; readonly y: number; readonly index: number } | null): void;
  /** A box was drawn; `y` null: across the whole height. */
  zoomed?(x: Limits, y: Limits | null): void;
  /** A turn of the wheel at a value: limits are to be scaled by the factor around it. */
  wheel?(x: number, factor: number): void;
  reset?(): void;
  /**
   * Something under the hand that can be moved along x: what moves it, or null where there is nothing.
   *
   * @param within how far away the hand may be, in units of x
   */
  grab?(x: number, within: number): ((x: number) => void) | null;
  /** A click or tap, not the end of a drag. */
  clicked?(index: number): void;
}

/** A box flatter or narrower than this zooms along one axis only. */
const BOX_LEAST = 24;
const CLICK_SLACK = 4;
/** How far from an edge a hand may take it, CSS px: a finger is wider than a pointer. */
const GRAB_WITHIN = 10;
/** Rest after a picture, as a multiple of what it took: a hundred traces must not take the page's whole time. */
const REST = 4;
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
  private readonly over = document.createElement("canvas");
  private request = 0;
  private overRequest = 0;
  private restUntil = 0;

  constructor(host: HTMLElement, plan: FigurePlan) {
    this.host = host;
    this.plan = plan;
    this.plot = new uPlot(this.options(), [plan.xs()], host);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(host);
    this.listen(this.plot.over);
    this.over.className = "plot-over";
    host.querySelector(".u-wrap")?.append(this.over);
  }

  /** Asks for a new picture: with the next frame, or later when pictures take long. */
  draw(): void {
    if (this.request !== 0) return;
    this.request = requestAnimationFrame((now) => this.frame(now));
  }

  /** Asks for what lies over the data alone to be drawn again. */
  drawOver(): void {
    if (this.overRequest !== 0) return;
    this.overRequest = requestAnimationFrame(() => {
      this.overRequest = 0;
      this.paintOver();
    });
  }

  private frame(now: number): void {
    this.request = 0;
    if (now < this.restUntil) this.draw();
    else this.plot.setData([this.plan.xs()]);
  }

  destroy(): void {
    cancelAnimationFrame(this.request);
    cancelAnimationFrame(this.overRequest);
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
      padding: [10, 22, 0, 0],
      legend: { show: false },
      series: [{}],
      scales: {
        x: { time: false, range: () => [...plan.xLimits()] },
        y: { range: () => [...plan.yLimits()] },
      },
      axes: [this.axis(plan.xAxis, "x"), this.axis(plan.yAxis, "y")],
      cursor: this.cursor(),
      hooks: {
        draw: [() => this.paint()],
        setCursor: [() => this.tellCursor()],
        setSelect: [() => this.tellZoom()],
      },
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
      bind: { dblclick: () => () => this.reset() },
    };
  }

  /** The cursor stands at a scan, not between two; while a box is drawn it goes where the hand goes. */
  private snap(plot: uPlot, left: number, top: number): [number, number] {
    const dragging = (plot.cursor.event?.buttons ?? 0) > 0;
    const value = plot.data[0]?.[plot.posToIdx(left)];
    if (left < 0 || dragging || value === undefined || value === null) return [left, top];
    return [plot.valToPos(value, "x"), top];
  }

  private reset(): null {
    this.plan.reset?.();
    return null; // what uPlot's listeners return
  }

  private paint(): void {
    const { plot, theme } = this;
    const { left, top, width, height } = plot.bbox;
    const from = performance.now();
    paintInside(plot, theme, plot.ctx, (canvas) => this.plan.paint(canvas));
    // Last, or a grid line on the axis would hide it.
    plot.ctx.fillStyle = theme.axis;
    plot.ctx.fillRect(left, top, devicePixelRatio, height);
    plot.ctx.fillRect(left, top + height - devicePixelRatio, width, devicePixelRatio);
    this.paintOver();
    this.restUntil = performance.now() + REST * (performance.now() - from);
  }

  /** What follows the cursor lies on a canvas of its own: it moves without the data being drawn again. */
  private paintOver(): void {
    const context = this.over.getContext("2d");
    if (this.plan.paintOver === undefined || context === null) return;
    const { width, height } = this.plot.ctx.canvas;
    if (this.over.width !== width || this.over.height !== height) Object.assign(this.over, { width, height });
    context.clearRect(0, 0, width, height);
    paintInside(this.plot, this.theme, context, (canvas) => this.plan.paintOver?.(canvas));
  }

  private tellCursor(): void {
    const { left = -1, top = -1, idx } = this.plot.cursor;
    if (left < 0) this.plan.cursor?.(null);
    else this.plan.cursor?.({ x: this.valueAt(left, "x"), y: this.valueAt(top, "y"), index: idx ?? -1 });
  }

  private tellZoom(): void {
    const { left, top, width, height } = this.plot.select;
    if (width < CLICK_SLACK && height < CLICK_SLACK) return;
    const whole = {
      x: width >= this.plot.over.clientWidth - 1,
      y: height >= this.plot.over.clientHeight - 1,
    };
    const x: Limits = whole.x
      ? this.plan.xLimits()
      : [this.valueAt(left, "x"), this.valueAt(left + width, "x")];
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
    if (this.plan.grab !== undefined)
      listenForGrabs(
        over,
        (at) => this.grabAt(at),
        (at) => this.valueAt(at, "x"),
      );
    if (this.plan.wheel === undefined) return;
    over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private grabAt(position: number): ((x: number) => void) | null {
    const x = this.valueAt(position, "x");
    const within = Math.abs(this.valueAt(position + GRAB_WITHIN, "x") - x);
    return this.plan.grab?.(x, within) ?? null;
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const at = this.valueAt(event.clientX - this.plot.over.getBoundingClientRect().left, "x");
    this.plan.wheel?.(at, event.deltaY > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR);
  }
}
