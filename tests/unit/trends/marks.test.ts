import { describe, expect, test } from "vitest";
import { TrendParams } from "../../../shared/protocol/trend-params.ts";
import { concentrationIn } from "../../../shared/trends/concentration-units.ts";
import { injectionsOf, strangeUnits } from "../../../shared/trends/marks.ts";
import { placeFiles } from "../../../shared/trends/placed-files.ts";
import { titration } from "../../../shared/trends/titration.ts";
import { derive, logOf, type ModelFile, note } from "./model-log.ts";

/** Ten rounds of two frequencies, one scan a minute. */
const files: ModelFile[] = Array.from({ length: 10 }, (_, round) => [
  { name: `low_${round + 1}`, number: round + 1, hz: 15, heights: [1] },
  { name: `high_${round + 1}`, number: round + 1, hz: 200, heights: [1] },
]).flat();

function xOf(at: Parameters<typeof note>[0]["at"], params: Partial<TrendParams>): number | undefined {
  const log = logOf(files);
  const placed = placeFiles(log, TrendParams.parse(params));
  return injectionsOf([note(at === undefined ? {} : { at })], log, placed, "µM")[0]?.x;
}

describe("a mark", () => {
  const atTen = { time_ms: 10 * 60_000 + 1 };

  test("of a moment stands at its time, and between the two scans around it where files are counted", () => {
    expect(xOf(atTen, { axis: "hours" })).toBeCloseTo(10 / 60, 6);
    expect(xOf({ time_ms: 9.5 * 60_000 }, { axis: "file-number" })).toBe(5.5);
  });

  test("set after the last scan stands behind it, before the next comes", () => {
    expect(xOf({ time_ms: 1e9 }, { axis: "file-number" })).toBe(10.5);
    expect(xOf({ time_ms: 60 * 60_000 }, { axis: "hours" })).toBeCloseTo(1, 9);
  });

  test("at a scan counts from its whole round on, whichever frequency was pointed at", () => {
    const at = { offset: 7, name: "high_4" };
    expect(xOf(at, { axis: "file-number" })).toBe(4);
    expect(xOf(at, { axis: "hours" })).toBeCloseTo(6 / 60, 9);
  });

  test("at a scan of one of several series that count alike stands in that series", () => {
    const series = ["a", "b"].flatMap((name, at) =>
      [1, 2, 3].flatMap((number) =>
        [15, 200].map(
          (hz): ModelFile => ({
            name: `${name}_${hz}Hz_${number}`,
            number,
            hz,
            heights: [1],
            minute: at * 60 + 2 * number + (hz === 15 ? 0 : 1),
          }),
        ),
      ),
    );
    const log = logOf(series);
    const placed = placeFiles(log, TrendParams.parse({ axis: "hours" }));
    const xAt = (name: string) => {
      const at = { offset: series.findIndex((file) => file.name === name), name };
      return injectionsOf([note({ at })], log, placed, "µM")[0]?.x;
    };
    // From the first scan of all, minutes: of series b's second round, and of the first round.
    expect(xAt("b_200Hz_2")).toBeCloseTo(62 / 60, 9);
    expect(xAt("b_15Hz_1")).toBeCloseTo(1, 9);
    expect(xAt("a_200Hz_1")).toBe(0);
  });

  test("at a file that is not the one that was meant stands nowhere", () => {
    expect(xOf({ offset: 7, name: "other" }, {})).toBeUndefined();
  });
});

test("an injection that was marked in another unit counts with its concentration in the calibration's", () => {
  const log = logOf(files);
  const placed = placeFiles(log, TrendParams.parse({}));
  const inMicromolar = (concentration: number, unit: string | null) =>
    injectionsOf([note({ concentration, unit })], log, placed, "µM")[0]?.concentration;
  expect(inMicromolar(500, "nM")).toBe(0.5);
  expect(inMicromolar(1, "mM")).toBe(1_000);
  expect(inMicromolar(2, "µmol/L")).toBe(2);
  expect(inMicromolar(3, "μM")).toBe(3);
  expect(inMicromolar(5, null)).toBe(5);
  expect([inMicromolar(1, "ng/mL"), inMicromolar(1, "ppm")]).toEqual([null, null]);
  const strange = [note({ concentration: 1, unit: "ppm" }), note({ concentration: 1, unit: "nM" })];
  expect(strangeUnits([...strange, ...strange], "µM")).toEqual(["ppm"]);
  expect(strangeUnits(strange, "ppm")).toEqual(["nM"]);
});

test("concentrations by mass are converted among themselves", () => {
  expect(concentrationIn("µg/mL", 250, "ng/mL")).toBe(0.25);
  expect(concentrationIn("mg/dL", 1, "g/L")).toBe(100);
  expect(concentrationIn("M", 1, "g/L")).toBeNull();
});

test("levels between injections give the curve with its K_D inside the interval", () => {
  const concentrations = [0, 1, 3, 10, 30, 100, 300];
  const kd = 12;
  const steps: ModelFile[] = concentrations.flatMap((concentration, step) =>
    Array.from({ length: 8 }, (_, i) => {
      const number = step * 8 + i + 1;
      const noise = 1 + 0.002 * Math.sin(17 * number);
      return {
        name: `${number}`,
        number,
        hz: 200,
        heights: [(1 + (0.6 * concentration) / (kd + concentration)) * noise],
      };
    }),
  );
  const trends = derive(steps, { reference: { from: 1, to: 8 }, settle: 2 });
  const marks = concentrations
    .slice(1)
    .map((concentration, step) =>
      note({ at: { offset: (step + 1) * 8, name: `${(step + 1) * 8 + 1}` }, concentration }),
    );
  const injections = injectionsOf(marks, logOf(steps), trends.placed, "µM");
  const { calibration, points } = titration(trends.normalised(1, 200), injections, trends.params);
  expect(points.map(({ concentration }) => concentration)).toEqual(concentrations);
  if (calibration.kind !== "fit") throw new Error(calibration.reason);
  expect(calibration.k.low).toBeLessThan(kd);
  expect(calibration.k.high).toBeGreaterThan(kd);
  expect(calibration.k.high / calibration.k.low).toBeLessThan(1.3);
});
