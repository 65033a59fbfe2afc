import type { AxisPlan } from "./figure.ts";
import type { Limits } from "./stepped-limits.ts";

/** An axis over decades: positions are log10 of the value; `zeroAt` is where a value of 0 stands, left of them. */
export function logAxis(label: () => string, zeroAt: () => number | null = () => null): AxisPlan {
  return {
    space: 44,
    label,
    ticks: ([low, high]: Limits, most) => {
      const zero = zeroAt();
      const ticks = zero === null ? [] : [zero];
      const from = zero === null ? low : zero + 0.3;
      const parts = most > 2.5 * (high - from) ? [1, 2, 5] : [1];
      for (let decade = Math.floor(from); decade <= high; decade++)
        for (const part of parts) {
          const at = decade + Math.log10(part);
          if (at >= from && at <= high) ticks.push(at);
        }
      return ticks;
    },
    texts: (ticks) => {
      const zero = zeroAt();
      return ticks.map((tick) => (tick === zero ? "0" : String(Number((10 ** tick).toPrecision(2)))));
    },
  };
}
