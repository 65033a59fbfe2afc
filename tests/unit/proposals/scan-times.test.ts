import { describe, expect, it } from "vitest";
import { judgeTimes, type TimedFile } from "../../../server/proposals/scan-times.ts";

const START = Date.UTC(2026, 2, 28, 22, 0);
const MINUTE = 60_000;

/** Files a quarter of an hour apart, with the instrument's clock `shift` beside the PC's. */
function series(count: number, shift: (index: number) => number | null = () => 0): TimedFile[] {
  return Array.from({ length: count }, (_, index) => {
    const mtime_ms = START + index * 15 * MINUTE;
    const off = shift(index);
    const started_at_ms = off === null ? null : mtime_ms + off - 20_000;
    return { name: `swv_${index + 1}.txt`, trace: "", started_at_ms, mtime_ms };
  });
}
const judge = (files: readonly TimedFile[], mtimes = files.map((file) => file.mtime_ms)) =>
  judgeTimes(files, [mtimes]);

describe("the time of a series", () => {
  it("is the instrument's where it is plausible, and nothing is said of it", () => {
    expect(judge(series(10))).toEqual({ axis: "instrument", remarks: [] });
    expect(judge(series(1))).toEqual({ axis: "instrument", remarks: [] });
  });

  it("is the file's where the instrument says nothing", () => {
    expect(judge(series(10, () => null))).toEqual({
      axis: "file",
      remarks: ["Times are those at which the files were written."],
    });
  });

  it("is only an order where the files were copied", () => {
    const { axis, remarks } = judge(
      series(10, () => null),
      Array.from({ length: 10 }, (_, i) => START + i),
    );
    expect(axis).toBe("number");
    expect(remarks.join()).toMatch(
      /nearly the same time, as copies are: time is the file number times an interval/,
    );
  });

  it("is only an order where the files' times do not follow their numbers", () => {
    const times = Array.from({ length: 10 }, (_, i) => START + ((i * 7) % 10) * MINUTE);
    const { axis, remarks } = judge(
      series(10, () => null),
      times,
    );
    expect(axis).toBe("number");
    expect(remarks.join()).toMatch(/do not follow their numbers/);
  });
});

describe("a suspicious clock is flagged in words", () => {
  it("years off: it still counts elapsed time", () => {
    const { axis, remarks } = judge(series(10, () => -13 * 365 * 24 * 60 * MINUTE));
    expect(axis).toBe("instrument");
    expect(remarks).toEqual([
      "The instrument's clock says 2013, the files are of 2026: elapsed time counts from the first scan.",
    ]);
  });

  it("an old date of files that were copied since is no fault of the clock", () => {
    const files = series(10, () => -13 * 365 * 24 * 60 * MINUTE).map((file) => ({
      ...file,
      mtime_ms: START,
    }));
    expect(judge(files)).toEqual({ axis: "instrument", remarks: [] });
  });

  it("all equal", () => {
    const files = series(6).map((file) => ({ ...file, started_at_ms: START }));
    const { axis, remarks } = judge(files);
    expect(axis).toBe("file");
    expect(remarks[0]).toBe(
      "The instrument's clock stands still at 2026-03-28 22:00 in every file that was looked at.",
    );
  });

  it.each<[string, number, RegExp]>([
    ["back", -1, /goes back by an hour between swv_5.txt and swv_6.txt, as for daylight saving/],
    ["ahead", 1, /jumps ahead by an hour between swv_5.txt and swv_6.txt, as for daylight saving/],
  ])("daylight saving %s", (_, way, words) => {
    const { axis, remarks } = judge(series(10, (index) => (index < 5 ? 0 : way * 60 * MINUTE)));
    expect(axis).toBe("instrument");
    expect(remarks).toEqual([expect.stringMatching(words)]);
  });

  it("running backwards once: said, and still used", () => {
    const { axis, remarks } = judge(series(10, (index) => (index < 5 ? 0 : -200 * MINUTE)));
    expect(axis).toBe("instrument");
    expect(remarks).toEqual(["The instrument's clock runs backwards between swv_5.txt and swv_6.txt."]);
  });

  it("running against the numbers: not used", () => {
    const { axis, remarks } = judge(series(10, (index) => -40 * MINUTE * index));
    expect(axis).toBe("file");
    expect(remarks.join(" ")).toMatch(/runs backwards.*does not follow the file numbers.*files were written/);
  });

  it("traces are judged one by one: files of another frequency were measured in between", () => {
    const files = [0, 1].flatMap((trace) =>
      series(4).map((file) => ({ ...file, name: `${trace} ${file.name}`, trace: String(trace) })),
    );
    const times = files.slice(0, 4).map((file) => file.mtime_ms);
    expect(judgeTimes(files, [times, times])).toEqual({ axis: "instrument", remarks: [] });
  });
});
