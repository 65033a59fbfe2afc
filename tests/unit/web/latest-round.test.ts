import { describe, expect, test } from "vitest";
import { latestRound, latestScan } from "../../../web/log/latest-round.ts";
import { SessionLog } from "../../../web/log/session-log.ts";
import { Trend, type TrendOrder } from "../../../web/log/trend.ts";
import { type ModelFile, ModelLog } from "./hub-model.ts";

function logOf(files: ModelFile[]): SessionLog {
  const model = new ModelLog();
  model.files = files;
  const log = new SessionLog();
  log.apply(model.part(0));
  return log;
}

function trendOf(log: SessionLog, order: TrendOrder = "file-number"): Trend {
  const trend = new Trend(log, order);
  trend.update();
  return trend;
}

const FILES: ModelFile[] = [
  { name: "15Hz_1.txt", fileNumber: 1, frequencyHz: 15 },
  { name: "200Hz_1.txt", fileNumber: 1, frequencyHz: 200 },
  { name: "15Hz_2.txt", fileNumber: 2, frequencyHz: 15 },
];

test("while a round is being measured the other frequencies keep their last file", () => {
  const log = logOf(FILES);
  expect(latestRound(trendOf(log), log.traces.values())).toEqual([2, 1]);
});

test("a file that a newer revision replaced is not the newest", () => {
  const log = logOf([...FILES, { name: "15Hz_2.txt", fileNumber: 2, heightsA: [], status: "failed" }]);
  expect(latestRound(trendOf(log), log.traces.values())).toEqual([0, 1]);
});

test("only frequencies of the given traces are looked at", () => {
  const log = logOf(FILES);
  const slow = [...log.traces.values()].filter((trace) => trace.id.frequencyHz === 15);
  expect(latestRound(trendOf(log), slow)).toEqual([2]);
});

describe("the latest scan is the newest measurement, not what was logged last", () => {
  const files: ModelFile[] = [3, 1, 2].map((n) => ({
    name: `${n}.txt`,
    fileNumber: n,
    frequencyHz: 15,
    mtimeMs: 1000 * n,
  }));

  test.each(["file-number", "time"] as const)("files that arrive out of order (%s)", (order) => {
    const log = logOf(files);
    const trend = trendOf(log, order);
    expect(latestScan(log, trend)).toBe(0);
    expect(latestRound(trend, log.traces.values())).toEqual([0]);
  });

  test("an old file that is sent again does not become the latest", () => {
    const log = logOf([...files, { name: "1.txt", fileNumber: 1, frequencyHz: 15, heightsA: [2e-6] }]);
    expect(latestScan(log, trendOf(log))).toBe(0);
    expect(latestRound(trendOf(log), log.traces.values())).toEqual([0]);
  });

  test("a file without a result is none", () => {
    const log = logOf([...files, { name: "4.txt", fileNumber: 4, status: "failed", heightsA: [] }]);
    expect(latestScan(log, trendOf(log))).toBe(0);
    expect(latestScan(logOf([]), trendOf(logOf([])))).toBeNull();
  });

  test("where two frequencies share a number it is the one that came last", () => {
    const log = logOf(FILES.slice(0, 2));
    expect(latestScan(log, trendOf(log))).toBe(1);
  });
});
