import { type BindingFit, bindingSignal } from "../../shared/electrochem/calibration.ts";
import type { Titration } from "../../shared/trends/titration.ts";
import { calibrationLimits } from "./calibration-limits.ts";
import type { Canvas } from "./canvas.ts";
import type { AxisPlan, FigurePlan } from "./figure.ts";
import { logAxis } from "./log-axis.ts";
import { plainAxis, SiAxis } from "./number-axis.ts";
import type { Limits } from "./stepped-limits.ts";

/** How far left of the lowest concentration the blank stands, decades. */
const BLANK_GAP = 0.7;
const ROOM = 0.15;
const CURVE_POINTS = 160;

/** Levels against concentration, the fitted curve and the interval of its half response. */
export class CalibrationPlan implements FigurePlan {
  readonly xAxis: AxisPlan;
  readonly yAxis: AxisPlan;
  private readonly titration: () => Titration | null;
  private readonly unit: () => string;

  /** @param signal what the levels are of: with its unit, or without one where it is a share */
  constructor(
    titration: () => Titration | null,
    unit: () => string,
    signal: () => { readonly name: string; readonly unit: string | null },
  ) {
    this.titration = titration;
    this.unit = unit;
    this.xAxis = logAxis(
      () => `Concentration / ${unit()}`,
      () => (this.points.some(({ concentration }) => concentration === 0) ? this.lowest - BLANK_GAP : null),
    );
    const axes = new Map<string, AxisPlan>();
    const current = (): AxisPlan => {
      const { name, unit: si } = signal();
      const axis = axes.get(name) ?? (si === null ? plainAxis(name) : new SiAxis(name, si));
      axes.set(name, axis);
      return axis;
    };
    this.yAxis = {
      space: 40,
      label: () => current().label(),
      ticks: (...at) => current().ticks(...at),
      texts: (at) => current().texts(at),
    };
  }

  xs(): Float64Array {
    return Float64Array.from(this.points, ({ concentration }) => this.place(concentration)).sort();
  }

  xLimits(): Limits {
    const xs = this.xs();
    const [first = 0, last = 1] = [xs[0], xs.at(-1)];
    return [Math.min(first, this.lowest) - ROOM, Math.max(last, first + 1) + ROOM];
  }

  yLimits(): Limits {
    const levels = this.points.map(({ signal }) => signal);
    if (levels.length === 0) return [0, 1];
    return calibrationLimits(levels);
  }

  paint(canvas: Canvas): void {
    const { context, theme, ratio, toX, toY } = canvas;
    const calibration = this.titration()?.calibration;
    if (calibration?.kind === "fit") {
      this.paintHalf(canvas, calibration);
      // The blank has no place on an axis of decades: the curve breaks off before it.
      const [from, to] = [this.lowest - BLANK_GAP / 2, canvas.xLimits[1]];
      const path = new Path2D();
      for (let i = 0; i <= CURVE_POINTS; i++) {
        const x = from + ((to - from) * i) / CURVE_POINTS;
        path.lineTo(toX(x), toY(bindingSignal(calibration, 10 ** x)));
      }
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.5 * ratio;
      context.stroke(path);
    }
    const dots = new Path2D();
    for (const { concentration, signal } of this.points) {
      const [x, y] = [toX(this.place(concentration)), toY(signal)];
      dots.moveTo(x + 4 * ratio, y);
      dots.arc(x, y, 4 * ratio, 0, 2 * Math.PI);
    }
    context.fillStyle = theme.surface;
    context.fill(dots);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5 * ratio;
    context.stroke(dots);
  }

  /** Half response with its interval, named. */
  private paintHalf({ context, theme, ratio, toX, frame }: Canvas, { k }: BindingFit): void {
    const [left, at] = [toX(Math.log10(k.low)), Math.round(toX(Math.log10(k.value)))];
    const height = frame.bottom - frame.top;
    context.fillStyle = theme.band;
    context.fillRect(left, frame.top, Math.max(2 * ratio, toX(Math.log10(k.high)) - left), height);
    context.fillStyle = theme.muted;
    context.fillRect(at, frame.top, ratio, height);
    const words = `half response at ${k.value.toPrecision(3)}\u202f${this.unit()}`;
    context.font = `${12 * ratio}px ${theme.font.slice(theme.font.indexOf(" ") + 1)}`;
    context.textBaseline = "bottom";
    const room = frame.right - at - 6 * ratio;
    const isWide = context.measureText(words).width > room;
    context.textAlign = isWide ? "right" : "left";
    context.fillText(words, at + (isWide ? -6 : 6) * ratio, frame.bottom - 6 * ratio);
  }

  private get points() {
    return this.titration()?.points ?? [];
  }

  /** log10 of the lowest concentration above 0. */
  private get lowest(): number {
    const positive = this.points.flatMap(({ concentration }) => (concentration > 0 ? [concentration] : []));
    return positive.length === 0 ? 0 : Math.log10(Math.min(...positive));
  }

  private place(concentration: number): number {
    return concentration === 0 ? this.lowest - BLANK_GAP : Math.log10(concentration);
  }
}
