import { describe, expect, it } from "vitest";
import { readClockText, readTicks } from "../../../shared/formats/clock.ts";

describe("a date is read only where it can be read one way", () => {
  it.each([
    ["2020-07-10 16:59:57", "2020-07-10T16:59:57"],
    ["2020/7/9 6:59:57", "2020-07-09T06:59:57"],
    ["07/29/2020 10:31:03.500", "2020-07-29T10:31:03"],
    ["29.07.2020 10:31:03", "2020-07-29T10:31:03"],
    ["12/31/2021 12:00:00 AM", "2021-12-31T00:00:00"],
    ["12/31/2021 12:00:00 PM", "2021-12-31T12:00:00"],
    ["12/31/2021 1:00:00 pm", "2021-12-31T13:00:00"],
    ["2020-02-29T10:00:00", "2020-02-29T10:00:00"],
    ["5.5.2020 10:31:03", "2020-05-05T10:31:03"],
  ])("%s is %s", (text, started_at) => expect(readClockText(text)).toEqual({ kind: "time", started_at }));

  it.each(["01/10/2018 17:01:24", "3.6.2019 16:35:22", "12-11-2020 1:00:00"])(
    "%s could be two days",
    (text) => {
      expect(readClockText(text).kind).toBe("ambiguous");
    },
  );

  it.each([
    "",
    "yesterday",
    "2020-07-10",
    "2021-02-29 10:00:00",
    "13/13/2020 10:00:00",
    "2020-07-10 24:00:00",
    "2020-07-10 10:60:00",
    "12/31/2021 13:00:00 PM",
    "12/31/21 12:00:00",
    "12/31-2021 12:00:00",
    "0/31/2021 12:00:00",
  ])("%j is no clock", (text) => expect(readClockText(text).kind).toBe("none"));
});

describe("ticks of .NET", () => {
  it("are 100 ns of local time since year 1", () => {
    expect(readTicks(637299971970000000)).toEqual({ kind: "time", started_at: "2020-07-10T16:59:57" });
  });

  it.each([Number.NaN, 0, -1, 1e300, 621355968000000000])("%d is no clock", (ticks) => {
    expect(readTicks(ticks).kind).toBe("none");
  });
});
