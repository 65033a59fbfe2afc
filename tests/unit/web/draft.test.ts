import { describe, expect, test } from "vitest";
import { HullPulseParams } from "../../../shared/protocol/pulse-params.ts";
import { fieldsOf, readDraft } from "../../../web/setup/draft.ts";

const params = HullPulseParams.parse({ sg_points: 35, direction: "up", peak_window: [-0.411, -0.189] });
const fields = fieldsOf("EAB_{f}Hz_{n}.txt", params);

describe("the settings of a new session", () => {
  test("untouched fields read back what was proposed", () => {
    expect(readDraft(fields, params)).toEqual({ ok: true, pattern: "EAB_{f}Hz_{n}.txt", params });
  });

  test("what is read is what the hub accepts", () => {
    const edited = {
      ...fields,
      windowFromV: "−0,1",
      windowToV: "-0.3",
      smoothingPoints: " 21 ",
      minSnr: "3,5",
    };
    const reading = readDraft(edited, params);
    expect(reading.ok && HullPulseParams.safeParse(reading.params).success).toBe(true);
    expect(reading).toMatchObject({ params: { peak_window: [-0.3, -0.1], sg_points: 21, min_snr: 3.5 } });
  });

  test("empty means anywhere, or chosen by itself", () => {
    const reading = readDraft({ ...fields, windowFromV: "", windowToV: " ", smoothingPoints: "" }, params);
    expect(reading).toMatchObject({ ok: true, params: { peak_window: null, sg_points: "auto" } });
  });

  test.each([
    ["smoothingPoints", { smoothingPoints: "20" }],
    ["smoothingPoints", { smoothingPoints: "1" }],
    ["minSnr", { minSnr: "" }],
    ["windowFromV", { windowToV: "" }],
    ["windowFromV", { windowFromV: "-0.3", windowToV: "-0.3" }],
    ["windowFromV", { windowFromV: "-21" }],
    ["pattern", { pattern: "  " }],
  ] as const)("%s has a problem with %j", (field, change) => {
    const reading = readDraft({ ...fields, ...change }, params);
    expect(reading.ok ? [] : Object.keys(reading.problems)).toEqual([field]);
  });
});
