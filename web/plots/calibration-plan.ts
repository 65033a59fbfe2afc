import { bindingSignal } from "../../shared/electrochem/calibration.ts";
import type { Titration } from "../../shared/trends/titration.ts";
import type { Canvas } from "./canvas.ts";
import type { AxisPlan, FigurePlan } from "./figure.ts";
import { logAxis } from "./log-axis.ts";
import { plainAxis, SiAxis } from "./number-axis.ts";
import { type Limits, steppedLimits } from "./stepped-limits.ts";

/** How far left of the lowest concentration the blank stands, decades. */
const BLANK_GAP = 0.7;
const ROOM = 0.15;
const CURVE_POINTS = 160;

/** Levels against concentration, the fitted curve and the interval of its half response. */
export class CalibrationPlan implements FigurePlan {
  readonly xAxis: AxisPlan;
  readonly yAxis: AxisPlan;
  private readonly titration: () => Titration | null;

  /** @param yLabel null: a share; else quantity and unit */
  constructor(
    titration: () => Titration | null,
    unit: () => string,
    si: () => readonly [string, string] | null,
  ) {
    this.titration = titration;
    this.xAxis = logAxis(
      () => `Concentration / ${unit()}`,
      () => (this.points.some(({ concentration }) => concentration === 0) ? this.lowest - BLANK_GAP : null),
    );
    const share = plainAxis("Level");
    const quantities = new Map<string, SiAxis>();
    const current = (): AxisPlan => {
      const named = si();
      if (named === null) return share;
      const axis = quantities.get(named[0]) ?? new SiAxis(...named);
      quantities.set(named[0], axis);
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
    return steppedLimits(Math.min(...levels), Math.max(...levels), null);
  }

  paint(canvas: Canvas): void {
    const { context, theme, ratio, toX, toY, frame } = canvas;
    const calibration = this.titration()?.calibration;
    if (calibration?.kind === "fit") {
      const { low, high, value } = calibration.k;
      context.fillStyle = theme.band;
      const left = toX(Math.log10(low));
      context.fillRect(
        left,
        frame.top,
        Math.max(2 * ratio, toX(Math.log10(high)) - left),
        frame.bottom - frame.top,
      );
      context.fillStyle = theme.muted;
      context.fillRect(Math.round(toX(Math.log10(value))), frame.top, ratio, frame.bottom - frame.top);
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
