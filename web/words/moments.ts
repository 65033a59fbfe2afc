/** Points and spans of time in words. All times in ms since 1970. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Made once: formatters are slow to make, and every tick of a time axis asks. */
const DAY = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/** Whose hours are shown: the reader's own time zone, or a clock that was read as UTC and is shown as it was. */
export type Zone = "local" | "as-written";

/** `14:02`, and with the day when that is not today: `Fri 21 Nov 14:02`. */
export function clockText(atMs: number, nowMs: number, zone: Zone = "local"): string {
  return withDay(atMs, nowMs, zone, hourMinute(parts(atMs, zone)));
}

/** `14:02:11`, with the day when not today. */
export function exactClockText(atMs: number, nowMs: number, zone: Zone = "local"): string {
  const at = parts(atMs, zone);
  return withDay(atMs, nowMs, zone, `${hourMinute(at)}:${two(at.getUTCSeconds())}`);
}

/** The day alone, as it stands before a time that is not today's: `Fri 21 Nov`, with the year when it is another. */
export function dayText(atMs: number, nowMs: number, zone: Zone = "local"): string {
  const at = parts(atMs, zone);
  const day = DAY.format(at);
  const sameYear = at.getUTCFullYear() === parts(nowMs, "local").getUTCFullYear();
  return sameYear ? day.replace(",", "") : `${day.replace(",", "")} ${at.getUTCFullYear()}`;
}

/** How long ago: `just now`, `3 s ago`. */
export function agoText(spanMs: number): string {
  return spanMs < 1.5 * SECOND_MS ? "just now" : `${spanText(spanMs)} ago`;
}

/** A span in the largest unit that is not coarse: `3 s`, `4 min`, `2 h`, `3 days`. */
export function spanText(spanMs: number): string {
  const span = Math.max(0, spanMs);
  if (span < 100 * SECOND_MS) return `${Math.round(span / SECOND_MS)} s`;
  if (span < 100 * MINUTE_MS) return `${Math.round(span / MINUTE_MS)} min`;
  if (span < 48 * HOUR_MS) return `${Math.round(span / HOUR_MS)} h`;
  return `${Math.round(span / DAY_MS)} days`;
}

/** The time of day alone: `14:02`, or `14:02:11` with `seconds`. */
export function clockParts(atMs: number, zone: Zone, seconds: boolean): string {
  const at = parts(atMs, zone);
  return seconds ? `${hourMinute(at)}:${two(at.getUTCSeconds())}` : hourMinute(at);
}

/** Time since the first scan as a stopwatch shows it: `0:42`, `12:05`, `3:07:30`. */
export function stopwatchText(elapsedMs: number): string {
  const seconds = Math.floor(Math.abs(elapsedMs) / SECOND_MS);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const sign = elapsedMs < 0 ? "\u2212" : "";
  if (hours === 0) return `${sign}${minutes}:${two(seconds % 60)}`;
  return `${sign}${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

/** A moment whose UTC fields are what the clock of `zone` shows. */
function parts(atMs: number, zone: Zone): Date {
  const at = new Date(atMs);
  return zone === "as-written" ? at : new Date(atMs - at.getTimezoneOffset() * MINUTE_MS);
}

function withDay(atMs: number, nowMs: number, zone: Zone, clock: string): string {
  const today = parts(nowMs, "local").toISOString().slice(0, 10);
  return parts(atMs, zone).toISOString().slice(0, 10) === today
    ? clock
    : `${dayText(atMs, nowMs, zone)} ${clock}`;
}

function hourMinute(at: Date): string {
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
