import type { FrequencyMap } from "../../shared/trends/frequency-map.ts";
import type { Canvas } from "./canvas.ts";
import type { AxisPlan, FigurePlan } from "./figure.ts";
import { linePath } from "./line-path.ts";
import { logAxis } from "./log-axis.ts";
import { addMarker } from "./marker-path.ts";
import { SiAxis } from "./number-axis.ts";
import { type Limits, steppedLimits } from "./stepped-limits.ts";
import type { TraceLook } from "./trace-look.ts";

/** A map with how it looks; held ones are drawn paler, below. */
export interface DrawnMap {
  readonly map: FrequencyMap;
  readonly look: Pick<TraceLook, "dash" | "marker">;
  readonly isHeld: boolean;
}

const ROOM = 0.08;

/** Peak height or charge against the logarithm of frequency. */
export class FrequencyMapPlan implements FigurePlan {
  readonly xAxis = logAxis(() => "f / Hz");
  readonly yAxis: AxisPlan;
  private readonly maps: () => readonly DrawnMap[];
  private y: Limits | null = null;

  constructor(maps: () => readonly DrawnMap[], isCharge: () => boolean) {
    this.maps = maps;
    const height = new SiAxis("Peak height", "A");
    const charge = new SiAxis("Charge", "C");
    const current = (): AxisPlan => (isCharge() ? charge : height);
    this.yAxis = {
      space: 40,
      label: () => current().label(),
      ticks: (...at) => current().ticks(...at),
      texts: (at) => current().texts(at),
    };
  }

  xs(): Float64Array {
    return (this.maps()[0]?.map.frequenciesHz ?? new Float64Array()).map(Math.log10);
  }

  xLimits(): Limits {
    const xs = this.maps().flatMap(({ map }) => [...map.frequenciesHz.map(Math.log10)]);
    return xs.length === 0 ? [0, 3] : [Math.min(...xs) - ROOM, Math.max(...xs) + ROOM];
  }

  yLimits(): Limits {
    const values = this.maps().flatMap(({ map }) => [...map.values].filter((value) => !Number.isNaN(value)));
    if (values.length === 0) return [0, 1e-6];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const [bottom, top] = steppedLimits(low, high, this.y);
    this.y = [low >= 0 ? Math.max(0, bottom) : bottom, top];
    return this.y;
  }

  paint(canvas: Canvas): void {
    const { context, ratio, theme, toX, toY } = canvas;
    for (const { map, look, isHeld } of [...this.maps()].sort(
      (a, b) => Number(b.isHeld) - Number(a.isHeld),
    )) {
      const xs = map.frequenciesHz.map(Math.log10);
      const present = [...xs.keys()].filter((i) => !Number.isNaN(map.values[i] ?? Number.NaN));
      const points = {
        xs: present.map((i) => xs[i] ?? 0),
        ys: present.map((i) => map.values[i] ?? 0),
        from: 0,
        to: present.length,
      };
      context.strokeStyle = isHeld ? theme.axis : theme.ink;
      context.fillStyle = isHeld ? theme.axis : theme.ink;
      context.lineWidth = (isHeld ? 1 : 1.6) * ratio;
      context.setLineDash(look.dash.map((length) => length * ratio));
      context.stroke(linePath(points, canvas));
      context.setLineDash([]);
      const markers = new Path2D();
      for (let i = 0; i < points.to; i++)
        addMarker(
          markers,
          look.marker,
          toX(points.xs[i] ?? 0),
          toY(points.ys[i] ?? 0),
          (isHeld ? 2 : 3) * ratio,
        );
      context.fill(markers);
    }
  }
}
