import type { Curve } from "../log/curve.ts";
import { kindOf } from "../log/trace.ts";
import type { Canvas } from "./canvas.ts";
import type { AxisPlan, FigurePlan } from "./figure.ts";
import { linePath } from "./line-path.ts";
import { plainAxis, SiAxis } from "./number-axis.ts";
import { type Limits, roundStep, steppedLimits } from "./stepped-limits.ts";
import type { TraceLook } from "./trace-look.ts";

/** What is drawn, asked for at every picture. */
export interface VoltammogramSource {
  curves(): readonly Curve[];
  look(curve: Curve): TraceLook;
  /** Where the peak is looked for, V; null: anywhere. */
  peakWindow(): Limits | null;
  cursor(at: { readonly potentialV: number; readonly currentA: number } | null): void;
}

/** Of more curves than this only thin lines and peaks are drawn: the rest would be a fog, and slow. */
const FULL_CURVES = 16;
const RAW_ALPHA = 0.38;
const RAW_SIZE = 1.4;
const BASELINE_ALPHA = 0.75;
const PEAK_RADIUS = 4.5;
const EMPTY = new Float64Array(0);

/** Raw points, smoothed line, baseline and peak of one round of scans. */
export class VoltammogramPlan implements FigurePlan {
  readonly xAxis: AxisPlan = plainAxis("E / V");
  readonly yAxis = new SiAxis("I", "A");
  private readonly source: VoltammogramSource;
  private y: Limits | null = null;

  constructor(source: VoltammogramSource) {
    this.source = source;
  }

  xs(): Float64Array {
    const [first] = this.source.curves();
    return first === undefined ? EMPTY : Float64Array.from(first.potentialsV);
  }

  xLimits(): Limits {
    const ends = this.source
      .curves()
      .flatMap(({ potentialsV }) => [potentialsV[0] ?? 0, potentialsV.at(-1) ?? 0]);
    return ends.length === 0 ? [-0.5, 0] : rounded(Math.min(...ends), Math.max(...ends));
  }

  yLimits(): Limits {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { currentsA } of this.source.curves()) {
      for (const current of currentsA) {
        if (current < low) low = current;
        if (current > high) high = current;
      }
    }
    this.y = low <= high ? steppedLimits(low, high, this.y) : (this.y ?? [0, 1e-6]);
    return this.y;
  }

  paint(canvas: Canvas): void {
    this.paintWindow(canvas);
    const curves = this.source.curves();
    const paint = curves.length <= FULL_CURVES ? paintFit : paintThin;
    for (const curve of curves) {
      const look = this.source.look(curve);
      paint(canvas, curve, look);
      paintPeak(canvas, curve, look);
    }
  }

  cursor(at: { readonly x: number; readonly y: number } | null): void {
    this.source.cursor(at === null ? null : { potentialV: at.x, currentA: at.y });
  }

  private paintWindow({ context, frame, theme, toX, ratio }: Canvas): void {
    const window = this.source.peakWindow();
    if (window === null) return;
    const [left, right] = [toX(window[0]), toX(window[1])];
    context.fillStyle = theme.band;
    context.fillRect(left, frame.top, right - left, frame.bottom - frame.top);
    context.fillStyle = theme.axis;
    for (const x of [left, right])
      context.fillRect(Math.round(x), frame.bottom - 8 * ratio, ratio, 8 * ratio);
  }
}

/** The ends of the sweep, out to the next fiftieth of it: Float32 and first samples that were skipped leave dust. */
function rounded(low: number, high: number): Limits {
  if (!(low < high)) return [low - 0.1, high + 0.1];
  const step = roundStep((high - low) / 60);
  return [Math.floor(low / step + 1e-3) * step, Math.ceil(high / step - 1e-3) * step];
}

/** Raw points, baseline, smoothed line: what a person judges a fit by. */
function paintFit(canvas: Canvas, curve: Curve, look: TraceLook): void {
  const { context, ratio } = canvas;
  const all = { xs: curve.potentialsV, from: 0, to: curve.potentialsV.length };
  context.save();
  context.fillStyle = look.color;
  context.strokeStyle = look.color;
  context.globalAlpha = RAW_ALPHA;
  paintRaw(canvas, curve);
  context.globalAlpha = BASELINE_ALPHA;
  context.lineWidth = ratio;
  context.stroke(linePath({ ...all, ys: curve.baselineA }, canvas));
  context.globalAlpha = 1;
  context.lineWidth = 1.7 * ratio;
  context.lineJoin = "bevel";
  context.setLineDash(look.dash.map((length) => length * ratio));
  context.stroke(linePath({ ...all, ys: curve.smoothedA }, canvas));
  context.restore();
}

function paintThin(canvas: Canvas, curve: Curve, look: TraceLook): void {
  const { context, ratio } = canvas;
  context.strokeStyle = look.color;
  context.lineWidth = ratio; // one device pixel wide, lines cost a quarter of wider ones
  const points = { xs: curve.potentialsV, ys: curve.smoothedA, from: 0, to: curve.potentialsV.length };
  context.stroke(linePath(points, canvas));
}

function paintRaw({ context, ratio, toX, toY }: Canvas, { potentialsV, currentsA }: Curve): void {
  const size = RAW_SIZE * ratio;
  for (let i = 0; i < potentialsV.length; i++) {
    context.fillRect(toX(potentialsV[i] ?? 0) - size / 2, toY(currentsA[i] ?? 0) - size / 2, size, size);
  }
}

/** A small open circle on the smoothed curve. */
function paintPeak({ context, ratio, toX, toY, theme }: Canvas, { result }: Curve, look: TraceLook): void {
  if (result === null || kindOf(result) !== "peak") return;
  context.beginPath();
  context.arc(toX(result.peak_potential_v), toY(result.peak_current_a), PEAK_RADIUS * ratio, 0, 2 * Math.PI);
  context.fillStyle = theme.surface;
  context.fill();
  context.strokeStyle = look.color;
  context.lineWidth = 1.8 * ratio;
  context.stroke();
}
