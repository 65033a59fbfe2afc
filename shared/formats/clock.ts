/** The instrument's clock, from the date texts that depend on the locale of its PC. */

/** What a date and a time of day say. `ambiguous`: day and month could be either way round. */
export type ClockReading =
  | { readonly kind: "time"; readonly started_at: string }
  | { readonly kind: "ambiguous"; readonly text: string }
  | { readonly kind: "none" };

const NONE: ClockReading = { kind: "none" };
const DATE = /^(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})\.?$/;
const TIME = /^(\d{1,2})[:.](\d{2})[:.](\d{2})(?:[.,]\d{1,9})?(?:\s*([AP])\.?M\.?)?$/i;
/** 100 ns units from 0001-01-01 to 1970-01-01: the clock of .NET. */
const TICKS_TO_1970 = 621_355_968_000_000_000;
const TICKS_PER_MS = 10_000;

/**
 * Local time without zone, `2023-09-28T14:42:59`, from `2020-07-10` or from `12/31/2021`, `17.7.2024`, and a time of
 * day. Where day and month both fit either way nothing is guessed: `ambiguous`.
 */
export function readDateTime(date: string, time: string): ClockReading {
  const [, a, , b, c] = DATE.exec(date.trim()) ?? [];
  const clock = readTimeOfDay(time);
  if (a === undefined || b === undefined || c === undefined || clock === null) return NONE;
  if (a.length === 4 && c.length <= 2) return stamp([Number(a), Number(b), Number(c)], clock);
  if (c.length !== 4 || a.length > 2) return NONE;
  const [first, second] = [Number(a), Number(b)];
  if (first <= 12 && second <= 12 && first !== second) return { kind: "ambiguous", text: date.trim() };
  return stamp(first > 12 ? [Number(c), second, first] : [Number(c), first, second], clock);
}

/** The same from one text with both: `03/02/2021 15:46:03.000`. */
export function readClockText(text: string): ClockReading {
  const trimmed = text.trim().slice(0, 60);
  const blank = trimmed.search(/[\sT]/);
  return blank < 0 ? NONE : readDateTime(trimmed.slice(0, blank), trimmed.slice(blank + 1));
}

/** From .NET ticks of local time; anything before 1980 or after 2200 is no clock. */
export function readTicks(ticks: number): ClockReading {
  const ms = (ticks - TICKS_TO_1970) / TICKS_PER_MS;
  if (!(ms > Date.UTC(1980, 0) && ms < Date.UTC(2200, 0))) return NONE;
  return { kind: "time", started_at: new Date(ms).toISOString().slice(0, 19) };
}

/** Local time without zone; null where the numbers are no date or no time of day. */
export function localTime(date: readonly [number, number, number], time: string): string | null {
  const [year, month, day] = date;
  const utc = new Date(Date.UTC(year, month - 1, day));
  const exists = utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day;
  return exists && year >= 1000 ? `${utc.toISOString().slice(0, 10)}T${time}` : null;
}

/** The scan's `started_at`, where there is one. */
export function startedAt(reading: ClockReading): { readonly started_at?: string } {
  return reading.kind === "time" ? { started_at: reading.started_at } : {};
}

export function clockWarnings(reading: ClockReading): string[] {
  if (reading.kind !== "ambiguous") return [];
  return [`The date ${reading.text} may mean day/month or month/day; the start time was left out.`];
}

function stamp(date: readonly [number, number, number], time: string): ClockReading {
  const started_at = localTime(date, time);
  return started_at === null ? NONE : { kind: "time", started_at };
}

/** `HH:MM:SS` from a 12 or 24 hour clock; null for anything else. Parts of a second are dropped. */
function readTimeOfDay(text: string): string | null {
  const [, hourText, minute, second, half] = TIME.exec(text.trim()) ?? [];
  if (hourText === undefined || minute === undefined || second === undefined) return null;
  const isTwelveHour = half !== undefined;
  const given = Number(hourText);
  if (Number(minute) > 59 || Number(second) > 59) return null;
  if (isTwelveHour ? given < 1 || given > 12 : given > 23) return null;
  const hour = isTwelveHour ? (given % 12) + (half?.toUpperCase() === "P" ? 12 : 0) : given;
  return `${String(hour).padStart(2, "0")}:${minute}:${second}`;
}
