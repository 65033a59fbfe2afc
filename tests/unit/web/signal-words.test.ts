import { describe, expect, test } from "vitest";
import { RESULT_FLAGS } from "../../../shared/protocol/log-tables.ts";
import { usualIntervalMs } from "../../../web/log/cadence.ts";
import { direction } from "../../../web/log/direction.ts";
import { flagWords, noPeakWords, peakWords } from "../../../web/log/result-words.ts";
import { SessionLog } from "../../../web/log/session-log.ts";
import { Trend } from "../../../web/log/trend.ts";
import { ModelLog } from "./hub-model.ts";

describe("where a signal is going", () => {
  const noise = [0, 1, -1, 0.5, -0.5, 0.2, -0.8, 0.9, -0.3, 0.1];
  const series = (slope: number): Float64Array => Float64Array.from(noise, (n, i) => 100 + n + slope * i);

  test("noise alone is steady, a clear drift is not", () => {
    expect(direction(series(0))).toBe("steady");
    expect(direction(series(2))).toBe("rising");
    expect(direction(series(-2))).toBe("falling");
  });

  test("gaps do not count, and a few points say nothing", () => {
    const withGaps = Float64Array.from([...series(2)].flatMap((value) => [value, Number.NaN]));
    expect(direction(withGaps)).toBe("rising");
    expect(direction(series(2).subarray(0, 9))).toBeNull();
  });

  test("a quiet signal does not tremble", () => {
    expect(direction(Float64Array.from({ length: 10 }, (_, i) => 100 + i * 0.01))).toBe("steady");
  });
});

describe("the usual interval", () => {
  const trendOf = (log: SessionLog): Trend => {
    const trend = new Trend(log, "file-number");
    trend.update();
    return trend;
  };

  test("is the instrument's, not that of a catch-up", () => {
    const model = new ModelLog();
    model.files = Array.from({ length: 30 }, (_, i) => ({
      name: `${i}.txt`,
      mtimeMs: i * 12_000 + (i % 3) * 100,
    }));
    const log = new SessionLog();
    log.apply(model.part(0));
    expect(usualIntervalMs(log, trendOf(log))).toBeCloseTo(12_000, -3);
  });

  test("is not known from two files", () => {
    const model = new ModelLog();
    model.files = [{ name: "1.txt" }, { name: "2.txt" }];
    const log = new SessionLog();
    log.apply(model.part(0));
    expect(usualIntervalMs(log, trendOf(log))).toBeNull();
  });
});

describe("a result in words", () => {
  const model = new ModelLog();
  model.files = [{ name: "1.txt", heightsA: [4.12e-7, Number.NaN] }];
  const [peak, none] = model.part(0).results;
  if (peak === undefined || none === undefined) throw new Error("The model gives two results.");

  test("a peak is told with height and potential", () => {
    expect(peakWords(peak)).toBe("412.0\u202fnA at \u22120.300\u202fV");
  });

  test("no peak is told with its reason", () => {
    expect(noPeakWords(none)).toBe("no peak in the window");
    expect(peakWords({ ...peak, kind: 1, snr: 5.23 })).toBe("no peak above the noise (signal to noise 5.2)");
    expect(peakWords({ ...peak, kind: 2 })).toBe("no peak: too few points");
  });

  test("each flag has its words", () => {
    for (const bit of Object.values(RESULT_FLAGS)) expect(flagWords({ ...peak, flags: bit })).toHaveLength(1);
    expect(flagWords({ ...peak, flags: 0 })).toEqual([]);
  });
});
