import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENTRY_STATUS, EntryTable } from "../../../shared/protocol/log-tables.ts";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { markX } from "../../../shared/trends/marks.ts";
import { placeFiles } from "../../../shared/trends/placed-files.ts";
import { ScanTimes, scanTimes, shownMs, tellsIntervals } from "../../../shared/trends/scan-clock.ts";
import { CollectedLog } from "../../../shared/trends/trend-log.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const YEAR = 365 * 24 * HOUR;
const PC = Date.UTC(2026, 10, 22, 14, 0);

interface File {
  readonly started?: number | null;
  readonly written: number;
  readonly number?: number;
  readonly failed?: boolean;
  readonly frequencyHz?: number;
}

function logOf(files: readonly File[]): CollectedLog {
  const log = new CollectedLog();
  for (const file of files) add(log, file);
  return log;
}

function add(
  log: CollectedLog,
  { started = null, written, number = log.next + 1, failed = false, frequencyHz = 15 }: File,
): void {
  const status = ENTRY_STATUS[failed ? "failed" : "analysed"];
  const entry = {
    offset: log.next,
    status,
    file_number: number,
    frequency_hz: frequencyHz,
    mtime_ms: written,
    ...(started === null ? {} : { started_at_ms: started }),
  };
  log.add([`${log.next}.txt`], EntryTable.read(EntryTable.write([entry])), []);
}

/** Files 8 s apart, written as they are measured; the instrument's clock stands `shift` beside the PC's. */
function live(count: number, shift: (index: number) => number | null, every = 8 * SECOND): File[] {
  return Array.from({ length: count }, (_, i) => {
    const by = shift(i);
    const written = PC + i * every;
    return { written, started: by === null ? null : written + by };
  });
}
/** The same, copied into the folder in a moment. */
const copied = (files: readonly File[]): File[] => files.map((file, i) => ({ ...file, written: PC + 3 * i }));

function elapsed(files: readonly File[]): number[] {
  const { timesMs } = scanTimes(logOf(files));
  return Array.from(timesMs.view(), (ms) => Math.round((ms - timesMs.at(0)) / SECOND));
}
const clockOf = (files: readonly File[]) => scanTimes(logOf(files)).clock;
const EVERY_8 = [0, 8, 16, 24, 32, 40];

describe("a steady instrument clock gives the times, whatever its date", () => {
  test("years off while files are written: times of day are the PC's", () => {
    const files = live(6, () => -17 * YEAR);
    expect(elapsed(files)).toEqual(EVERY_8);
    const { clock, timesMs } = scanTimes(logOf(files));
    expect(clock).toMatchObject({ pace: "instrument", shown: "local", doubts: ["wrong-date"] });
    expect(shownMs(clock, timesMs.at(5))).toBe(PC + 40 * SECOND);
  });

  test("of files that were copied: times of day are the instrument's, with a doubt", () => {
    const files = copied(live(6, () => -17 * YEAR));
    expect(elapsed(files)).toEqual(EVERY_8);
    const { clock, timesMs } = scanTimes(logOf(files));
    expect(clock).toMatchObject({ pace: "instrument", shown: "as-written", doubts: ["old-date"] });
    expect(shownMs(clock, timesMs.at(0))).toBe(PC - 17 * YEAR);
  });

  test("in the future of its files it is wrong, copied or not", () => {
    expect(clockOf(copied(live(6, () => YEAR)))).toMatchObject({ shown: "local", doubts: ["wrong-date"] });
  });

  test("some hours off is another time zone: shown as it was written, nothing said", () => {
    const clock = clockOf(live(6, () => 9 * HOUR));
    expect(clock).toEqual({ pace: "instrument", shown: "as-written", shownShiftMs: 0, doubts: [] });
  });

  test("a long pause is a pause, in copies and live", () => {
    const pause = (files: File[]) =>
      files.map((file, i) => ({ ...file, started: (file.started ?? 0) + (i > 2 ? 2 * HOUR : 0) }));
    expect(elapsed(pause(copied(live(6, () => -YEAR))))).toEqual([0, 8, 16, 7224, 7232, 7240]);
    const slept = live(6, () => -YEAR).map((file, i) => ({
      ...file,
      written: file.written + (i > 2 ? 2 * HOUR : 0),
    }));
    expect(elapsed(pause(slept))).toEqual([0, 8, 16, 7224, 7232, 7240]);
  });

  test("copies of a run with a scan every five minutes keep its times", () => {
    const files = copied(live(40, () => 0, 300 * SECOND));
    expect(elapsed(files)).toEqual(Array.from({ length: 40 }, (_, i) => 300 * i));
  });
});

describe("a clock that was set anew in the middle of a run", () => {
  test.each([
    ["back by an hour, as daylight saving ends", -HOUR],
    ["ahead by an hour", HOUR],
    ["to the right year", 17 * YEAR],
    ["to the year 2005", -20 * YEAR],
  ])("%s: the files' times count", (_, by) => {
    const files = live(12, (i) => (i < 6 ? 0 : by));
    expect(elapsed(files)).toEqual(Array.from({ length: 12 }, (_, i) => 8 * i));
    expect(clockOf(files).doubts).toContain("set-anew");
  });

  test("back by an hour while a quarter of one lies between scans: no hour that comes twice is a clock that stands", () => {
    const files = live(12, (i) => (i < 6 ? 0 : -HOUR), HOUR / 4);
    expect(elapsed(files)).toEqual(Array.from({ length: 12 }, (_, i) => 900 * i));
  });

  test("a file that was saved again hours later stays where it was measured", () => {
    const files = live(12, () => 0).map((file, i) =>
      i === 5 ? { ...file, written: file.written + 5 * HOUR } : file,
    );
    expect(elapsed(files)).toEqual(Array.from({ length: 12 }, (_, i) => 8 * i));
    expect(clockOf(files).doubts).toEqual([]);
  });
});

/** What a run is made of: how long a scan of each frequency takes, and of each scan which, the pause, and when it is written. */
interface Run {
  readonly lengthsMs: readonly number[];
  readonly scans: readonly (readonly [which: number, pauseMs: number, lateMs: number])[];
}

const seconds = (min: number, max: number) => fc.integer({ min: min * SECOND, max: max * SECOND });
const runs = (longestPause: number): fc.Arbitrary<Run> =>
  fc.record({
    lengthsMs: fc.array(seconds(1, 1_500), { minLength: 3, maxLength: 3 }),
    scans: fc.array(fc.tuple(fc.nat({ max: 2 }), seconds(1, longestPause), seconds(-60, 60)), {
      minLength: 3,
      maxLength: 40,
      size: "max",
    }),
  });

/** Files as a healthy instrument writes them: the header says when a scan began, the PC about when it ended. */
function measured({ lengthsMs, scans }: Run): (File & { readonly started: number })[] {
  let started = PC;
  return scans.map(([which, pauseMs, lateMs]) => {
    const ended = started + (lengthsMs[which] ?? 0);
    const file = { started, written: ended + lateMs, frequencyHz: 15 * (which + 1) };
    started = ended + pauseMs;
    return file;
  });
}

describe("a healthy clock is left alone", () => {
  test("fast scans of three seconds between slow ones of five minutes", () => {
    const scans = Array.from({ length: 12 }, (_, i) => [i % 2, 5 * SECOND, 0] as const);
    const files = measured({ lengthsMs: [3 * SECOND, 300 * SECOND], scans });
    expect(elapsed(files).slice(0, 5)).toEqual([0, 8, 313, 321, 626]);
    expect(clockOf(files).doubts).toEqual([]);
  });

  test("whatever its scans take and however long it pauses", () => {
    fc.assert(
      fc.property(runs(20_000), (run) => {
        const files = measured(run);
        const { timesMs, clock } = scanTimes(logOf(files));
        expect([...timesMs.view()]).toEqual(files.map(({ started }) => started));
        expect(clock).toEqual({ pace: "instrument", shown: "as-written", shownShiftMs: 0, doubts: [] });
      }),
      { numRuns: 300 },
    );
  });

  test("also where hours long scans of no frequency stand between short ones", () => {
    const scans = [0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0].map((which) => [which, 5 * SECOND, 0] as const);
    const files = measured({ lengthsMs: [3 * SECOND, 3 * HOUR], scans }).map((file) => ({
      ...file,
      frequencyHz: 0,
    }));
    expect([...scanTimes(logOf(files)).timesMs.view()]).toEqual(files.map(({ started }) => started));
    expect(clockOf(files).doubts).toEqual([]);
  });

  test("where old files are written again, one or all of them", () => {
    const run = live(40, () => 0, 300 * SECOND);
    const end = PC + 40 * 300 * SECOND;
    const again = run.slice(0, 20).map((file, i) => ({ ...file, written: end + 3 * i }));
    const after = live(50, () => 0, 300 * SECOND).slice(41);
    for (const files of [
      [...run, ...again.slice(0, 1), ...after],
      [...run, ...again, ...after],
    ]) {
      expect([...scanTimes(logOf(files)).timesMs.view()]).toEqual(files.map(({ started }) => started));
      expect(clockOf(files).doubts).toEqual([]);
    }
  });
});

describe("a clock that was set at any file", () => {
  const expectPcTimes = (files: readonly File[]) => {
    const { timesMs, clock } = scanTimes(logOf(files));
    const at = (i: number) => files[i]?.written ?? Number.NaN;
    expect(Array.from(timesMs.view(), (ms) => ms - timesMs.at(0))).toEqual(
      files.map((_, i) => at(i) - at(0)),
    );
    expect(clock.pace).toBe("file");
    expect(clock.doubts).toContain("set-anew");
  };

  test("of a run in 2018 for two files, then in 2026: no axis of years", () => {
    expectPcTimes(live(40, (i) => (i < 2 ? -8 * YEAR : 0), 72 * SECOND));
  });

  test("the second, the last, or one between: the files' times count, and it is said", () => {
    const by = fc.integer({ min: 2 * 24, max: 20 * 365 * 24 }).map((hours) => hours * HOUR);
    fc.assert(
      fc.property(runs(60), by, fc.boolean(), fc.nat(), (run, ms, isBack, place) => {
        const files = measured(run);
        const from = 1 + (place % (files.length - 1));
        const shift = isBack ? -ms : ms;
        expectPcTimes(files.map((file, i) => ({ ...file, started: file.started + (i < from ? 0 : shift) })));
      }),
      { numRuns: 300 },
    );
  });

  test("by an hour: as soon as three files tell it", () => {
    for (let from = 1; from <= 37; from++)
      for (const by of [-HOUR, HOUR]) expectPcTimes(live(40, (i) => (i < from ? 0 : by), 300 * SECOND));
  });
});

describe("a clock that is not steady is not used", () => {
  test("it stands still: the files' own times count, on the PC's clock", () => {
    const files = live(6, (i) => -i * 8 * SECOND - 17 * YEAR);
    expect(elapsed(files)).toEqual(EVERY_8);
    const { clock, timesMs } = scanTimes(logOf(files));
    expect(clock).toMatchObject({ pace: "file", shown: "local", doubts: ["unsteady"] });
    expect(shownMs(clock, timesMs.at(5))).toBe(PC + 40 * SECOND);
  });

  test("it runs against the numbers", () => {
    const files = live(6, (i) => -i * 16 * SECOND);
    expect(elapsed(files)).toEqual(EVERY_8);
    expect(clockOf(files)).toMatchObject({ pace: "file", doubts: ["unsteady"] });
  });

  test("without any help, time between copies cannot be told", () => {
    expect(tellsIntervals(clockOf(copied(live(6, () => null))))).toBe(false);
    expect(tellsIntervals(clockOf(live(6, () => null)))).toBe(true);
    expect(tellsIntervals(clockOf(copied(live(6, () => -YEAR))))).toBe(true);
  });

  test("files that come in another order than they were measured run as before", () => {
    const files = live(6, () => -17 * YEAR).map((file, i) => ({ ...file, number: i + 1 }));
    const order = [0, 2, 1, 5, 4, 3];
    expect(elapsed(order.flatMap((i) => files[i] ?? []))).toEqual([0, 16, 8, 40, 32, 24]);
  });
});

describe("files that do not say when they were measured", () => {
  test("stand where the PC's clock says, beside the instrument's that is years off", () => {
    expect(elapsed(live(6, (i) => (i === 3 ? null : -17 * YEAR)))).toEqual(EVERY_8);
  });

  test("at the beginning, too: the scale stays the PC's", () => {
    const files = live(6, (i) => (i < 2 ? null : -17 * YEAR));
    expect(elapsed(files)).toEqual(EVERY_8);
    expect(scanTimes(logOf(files)).timesMs.at(5)).toBe(PC + 40 * SECOND);
  });

  test("among copies stand behind the one before", () => {
    const files = copied(live(6, (i) => (i === 4 ? null : -YEAR)));
    expect(elapsed(files)).toEqual([0, 8, 16, 24, 24, 40]);
  });
});

test("a mark set now lands behind the last scan, also where the clock is found to stand still later", () => {
  for (const shift of [() => -17 * YEAR, (i: number) => -17 * YEAR - i * 8 * SECOND]) {
    const files = live(9, shift);
    // As it is marked by a viewer while one file is here: 5 s after it.
    const first = scanTimes(logOf(files.slice(0, 1)));
    const at = { time_ms: first.timesMs.at(0) + 5 * SECOND };
    const log = logOf(files);
    const placed = placeFiles(log, TrendParams.parse({}));
    expect((markX(at, log, placed, placed) ?? Number.NaN) * 3600).toBeCloseTo(5, 6);
    expect(markX(at, log, placed, { xs: placed.numbers, perMs: null })).toBe(1.5);
  }
});

test("files that come piece by piece have the times of a whole log, and the clock", () => {
  const file: fc.Arbitrary<File> = fc.record({
    started: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 0, max: 40 }).map((n) => n * 60 * SECOND),
      fc.integer({ min: 0, max: 40 }).map((n) => PC + n * 60 * SECOND),
    ),
    written: fc.integer({ min: 0, max: 40 }).map((n) => PC + n * 60 * SECOND),
    number: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 1, max: 30 })),
    failed: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(file, { maxLength: 60, size: "max" }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (files, cuts) => {
        const log = new CollectedLog();
        const grown = new ScanTimes();
        const seen: number[] = [];
        const look = () => {
          const from = grown.update(log);
          // What is said to be unchanged is.
          expect([...grown.timesMs.view().slice(0, Math.min(from, seen.length))]).toEqual(
            seen.slice(0, from),
          );
          seen.splice(0, seen.length, ...grown.timesMs.view());
        };
        let taken = 0;
        for (const count of cuts) {
          for (const one of files.slice(taken, taken + count)) add(log, one);
          taken += count;
          look();
        }
        for (const one of files.slice(taken)) add(log, one);
        look();
        const whole = scanTimes(log);
        expect([...grown.timesMs.view()]).toEqual([...whole.timesMs.view()]);
        expect(grown.clock).toEqual(whole.clock);
        expect([...whole.timesMs.view()].every(Number.isFinite)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test("a log that could change its mind with every file does so a few times at most", () => {
  const log = new CollectedLog();
  const times = new ScanTimes();
  let anew = 0;
  for (let i = 0; i < 3_000; i++) {
    // Every fifth file runs backwards: just as many as are allowed.
    const started = PC + i * SECOND - (i % 5 === 4 ? 3 * SECOND : 0);
    add(log, { started, written: PC + i * SECOND });
    if (times.update(log) < i) anew += 1;
  }
  expect(anew).toBeLessThan(10);
});
