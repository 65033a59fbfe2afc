import { fixed, type SiScale, siScale } from "../words/si.ts";
import type { AxisPlan } from "./figure.ts";
import { type Limits, roundStep } from "./stepped-limits.ts";
import { ticksFrom } from "./time-steps.ts";

/** Decimals that tell neighbours of this step apart. */
function decimalsFor(step: number): number {
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

function stepOf(ticks: readonly number[]): number {
  const [first, second] = ticks;
  return first === undefined || second === undefined ? 1 : second - first;
}

/** An axis of whole numbers (files). */
export function countAxis(label: string): AxisPlan {
  return {
    space: 46,
    label: () => label,
    ticks: (limits, most) => ticksFrom(0, Math.max(1, roundStep((limits[1] - limits[0]) / most)), ...limits),
    texts: (ticks) => ticks.map((tick) => fixed(tick, 0)),
  };
}

/** An axis in a fixed unit, without prefix: potentials in V. */
export function plainAxis(label: string): AxisPlan {
  return {
    space: 62,
    label: () => label,
    ticks: (limits, most) => ticksFrom(0, roundStep((limits[1] - limits[0]) / most), ...limits),
    texts: (ticks) => ticks.map((tick) => fixed(tick, decimalsFor(stepOf(ticks)))),
  };
}

/** An axis whose unit takes a prefix. `scaleFor` chooses it from what is in view. */
export class SiAxis implements AxisPlan {
  readonly space = 52;
  scale: SiScale | null = null;
  private readonly quantity: string;
  private readonly unit: string;
  private readonly scaleFor: (limits: Limits, previous: SiScale | null) => SiScale;

  constructor(quantity: string, unit: string, scaleFor: typeof this.scaleFor = fitting) {
    this.quantity = quantity;
    this.unit = unit;
    this.scaleFor = scaleFor;
  }

  label(): string {
    return `${this.quantity} / ${this.scale?.symbol ?? ""}${this.unit}`;
  }

  ticks(limits: Limits, most: number): number[] {
    this.scale = this.scaleFor(limits, this.scale);
    return ticksFrom(0, roundStep((limits[1] - limits[0]) / most), ...limits);
  }

  texts(ticks: readonly number[]): string[] {
    const factor = 10 ** (this.scale?.exponent ?? 0);
    const decimals = decimalsFor(stepOf(ticks) / factor);
    return ticks.map((tick) => fixed(tick / factor, decimals));
  }
}

/** The prefix for the larger end, which stays while it fits. */
function fitting([low, high]: Limits, previous: SiScale | null): SiScale {
  return siScale(Math.max(Math.abs(low), Math.abs(high)), previous);
}
