import type { ScanClock } from "../../shared/trends/scan-clock.ts";
import { clockParts, dayText, type Zone } from "../words/moments.ts";
import { fixed } from "../words/si.ts";
import type { AxisPlan } from "./figure.ts";
import { type Limits, roundStep } from "./stepped-limits.ts";
import { elapsedUnit, ticksFrom, timeStep } from "./time-steps.ts";

const MINUTE_MS = 60_000;

/** The time of day; the day stands below the first tick and wherever it changes. */
export function clockAxis(clock: () => ScanClock | undefined): AxisPlan {
  const zone = () => clock()?.shown ?? "local";
  const shift = () => clock()?.shownShiftMs ?? 0;
  return {
    space: 78,
    label: () => (zone() === "as-written" ? "Time on the instrument's clock" : "Time"),
    ticks: ([low, high], most) => {
      const step = timeStep((high - low) / most);
      // Round where the shown hours are round.
      return ticksFrom(dayOrigin(low + shift(), zone()) - shift(), step, low, high);
    },
    texts: (ticks) => {
      const shown = ticks.map((tick) => Math.round(tick + shift()));
      return clockTexts(shown, zone());
    },
  };
}

/** Local midnights lie off the multiples of a day by the zone's distance from UTC. */
function dayOrigin(atMs: number, zone: Zone): number {
  return zone === "as-written" ? 0 : new Date(atMs).getTimezoneOffset() * MINUTE_MS;
}

function clockTexts(ticks: readonly number[], zone: Zone): string[] {
  const now = Date.now();
  const days = ticks.map((tick) => dayText(tick, now, zone));
  const seconds = ticks.some((tick) => tick % MINUTE_MS !== 0);
  const oneDay = days.every((day) => day === days[0]);
  const today = days[0] === dayText(now, now);
  return ticks.map((tick, index) => {
    const clock = clockParts(tick, zone, seconds);
    const showDay = days[index] !== days[index - 1] && !(oneDay && today);
    return showDay ? `${clock}\n${days[index]}` : clock;
  });
}

/** Time since the first scan, in the unit that suits what is in view. */
export class ElapsedAxis implements AxisPlan {
  readonly space = 60;
  private readonly origin: () => number;
  private unit = elapsedUnit(0);

  constructor(origin: () => number) {
    this.origin = origin;
  }

  label(): string {
    return `Elapsed / ${this.unit.symbol}`;
  }

  ticks([low, high]: Limits, most: number): number[] {
    this.unit = elapsedUnit(high - this.origin());
    const step = roundStep((high - low) / this.unit.ms / most) * this.unit.ms;
    return ticksFrom(this.origin(), step, low, high);
  }

  texts(ticks: readonly number[]): string[] {
    const [first = 0, second = first + this.unit.ms] = ticks;
    const decimals = Math.max(0, -Math.floor(Math.log10((second - first) / this.unit.ms) + 1e-9));
    return ticks.map((tick) => fixed((tick - this.origin()) / this.unit.ms, decimals));
  }
}
