import { describe, expect, test } from "vitest";
import { sessionLabel } from "../../../web/setup/session-label.ts";
import { listText, plural } from "../../../web/words/counts.ts";
import {
  agoText,
  clockText,
  dayText,
  exactClockText,
  spanText,
  stopwatchText,
} from "../../../web/words/moments.ts";

const NOW = new Date(2026, 10, 22, 14, 10, 30).getTime();

describe("moments in words", () => {
  test("a time of today is a time, any other has its day", () => {
    expect(clockText(new Date(2026, 10, 22, 9, 5).getTime(), NOW)).toBe("09:05");
    expect(clockText(new Date(2026, 10, 20, 9, 5).getTime(), NOW)).toBe("Fri 20 Nov 09:05");
    expect(dayText(new Date(2025, 0, 2).getTime(), NOW)).toBe("Thu 2 Jan 2025");
  });

  test("a clock that was read without a zone is shown as it was written", () => {
    expect(exactClockText(Date.UTC(2026, 10, 20, 23, 59, 1), NOW, "as-written")).toBe("Fri 20 Nov 23:59:01");
  });

  test.each([
    [400, "just now"],
    [3000, "3 s ago"],
    [4 * 60_000, "4 min ago"],
    [3 * 3_600_000, "3 h ago"],
    [72 * 3_600_000, "3 days ago"],
  ])("%d ms is %s", (span, text) => {
    expect(agoText(span)).toBe(text);
  });

  test("a clock that runs ahead makes no negative spans", () => {
    expect(spanText(-5000)).toBe("0 s");
  });

  test("elapsed time reads like a stopwatch", () => {
    expect([42_000, 725_000, 11_250_000].map(stopwatchText)).toEqual(["0:42", "12:05", "3:07:30"]);
  });
});

describe("counts and names in words", () => {
  test("one scan, 1,204 scans", () => {
    expect([plural(1, "scan"), plural(1204, "scan")]).toEqual(["1 scan", "1,204 scans"]);
  });

  test("lists end with and", () => {
    expect([listText(["a"]), listText(["a", "b"]), listText(["a", "b", "c"])]).toEqual([
      "a",
      "a and b",
      "a, b and c",
    ]);
  });

  test("a session is called after its frequencies", () => {
    expect(sessionLabel({ technique: "swv", frequencies_hz: [15, 200] })).toBe("SWV 15, 200 Hz");
    expect(sessionLabel({ technique: "swv", frequencies_hz: [30, 40, 50, 60, 70] })).toBe("SWV 30 to 70 Hz");
    expect(sessionLabel({ technique: "swv", frequencies_hz: [] })).toBe("SWV");
  });
});
