import { type Clock, systemClock } from "../../agent/clock.ts";

/** Time that runs so many times faster: what an agent does every few seconds falls into a short test. */
export function fasterClock(times: number): Clock {
  return {
    monotonicMs: () => systemClock.monotonicMs() * times,
    wallMs: () => systemClock.wallMs(),
    after: (delayMs, task) => systemClock.after(delayMs / times, task),
  };
}
