import { describe, expect, test } from "vitest";
import {
  type AnalysisParams,
  paramsSchemaOf,
  SessionTechnique,
} from "../../../shared/protocol/analysis-params.ts";
import { methodsOf } from "../../../web/params/methods.ts";
import { draftOf, readDraft, sameParams, withMethod, withText } from "../../../web/params/param-draft.ts";
import { paramWords } from "../../../web/params/param-words.ts";

const METHODS = SessionTechnique.options.flatMap((technique) =>
  methodsOf(technique).map(([method]) => ({ technique, method })),
);
/** Not a field of the form: chosen above it, described elsewhere, or of no meaning to the method. */
const ELSEWHERE = ["method", "table"];
const OF_TANGENTS = ["tangent_rising", "tangent_falling"];

function usual(technique: SessionTechnique, method: string): AnalysisParams {
  return paramsSchemaOf(technique).parse({ method });
}

describe.each(METHODS)("the form of $technique by $method", ({ technique, method }) => {
  test("has a field for every parameter", () => {
    const params = usual(technique, method);
    const without = method === "tangent" ? ELSEWHERE : [...ELSEWHERE, ...OF_TANGENTS];
    const keys = Object.keys(params).filter((key) => !without.includes(key));
    expect(Object.keys(draftOf(technique, params).texts).toSorted()).toEqual(keys.toSorted());
  });

  test("reads back what it shows", () => {
    const params = usual(technique, method);
    const reading = readDraft(draftOf(technique, params), params);
    expect(reading).toEqual({ ok: true, params });
    expect(reading.ok && sameParams(reading.params, params)).toBe(true);
  });

  test("says in words how the numbers are made, without a gap", () => {
    for (const { name, words } of paramWords(technique, usual(technique, method))) {
      expect(name).not.toBe("");
      expect(words).toMatch(/^[^\s].*[^\s]$|^\S$/);
      expect(words).not.toMatch(/null|undefined|NaN|\[object/);
    }
  });
});

test("a peak is between one potential and the other, a range goes from one to the other", () => {
  const params = { ...usual("swv", "hull"), peak_window: [-0.384, -0.174], low_window: [-0.4, -0.1] };
  const words = new Map(
    paramWords("swv", params as AnalysisParams).map((fact) => [fact.name, fact.words] as const), // as the wire has them
  );
  expect(words.get("Peak between")).toBe("−0.384 and −0.174\u202fV");
  expect(words.get("Range, low frequencies")).toBe("−0.4 to −0.1\u202fV");
});

describe("what a person types", () => {
  const hull = usual("swv", "hull");
  const draft = draftOf("swv", hull);

  test("a window in any order, with a decimal comma and a typographic minus", () => {
    const typed = withText(withText(draft, "peak_window", 0, "-0,1"), "peak_window", 1, "\u22120.45");
    expect(readDraft(typed, hull)).toMatchObject({ ok: true, params: { peak_window: [-0.45, -0.1] } });
  });

  test.each([
    ["sg_points", "4", /odd/i],
    ["sg_points", "fast", /odd/i],
    ["min_snr", "", /0 to 1000/],
    ["peak_window", "-0.3", /two different potentials/i],
    ["skip_start", "1.5", /whole/i],
    ["cutoff_hz", "-1", /frequency/i],
  ])("%s: “%s” is told what is wanted there, and nothing else is", (key, text, wanted) => {
    const reading = readDraft(withText(draft, key, 0, text), hull);
    expect(reading.ok).toBe(false);
    const { problems } = reading as Extract<typeof reading, { ok: false }>; // as just expected
    expect(Object.keys(problems)).toEqual([key]);
    expect(problems[key]).toMatch(wanted);
  });

  test("every problem is named at once", () => {
    const typed = withText(withText(draft, "sg_points", 0, "x"), "min_snr", 0, "-2");
    const reading = readDraft(typed, hull);
    expect(reading).toMatchObject({
      ok: false,
      problems: { sg_points: expect.any(String), min_snr: expect.any(String) },
    });
  });

  test("another method keeps where to look, and begins with its own choices", () => {
    const typed = withText(withText(draft, "peak_window", 0, "-0.4"), "peak_window", 1, "-0.2");
    const other = withMethod(withText(typed, "sg_points", 0, "31"), "sacmes-web");
    expect(readDraft(other, hull)).toMatchObject({
      ok: true,
      params: { method: "sacmes-web", peak_window: [-0.4, -0.2], sg_points: "auto" },
    });
  });

  test("a Hampel filter needs both numbers, or neither", () => {
    const half = withText(draft, "hampel", 0, "7");
    expect(readDraft(half, hull)).toMatchObject({ ok: false, problems: { hampel: expect.any(String) } });
    expect(readDraft(withText(half, "hampel", 1, "3"), hull)).toMatchObject({
      ok: true,
      params: { hampel: { points: 7, threshold: 3 } },
    });
  });
});
