import { expect, test } from "vitest";
import { latestRounds } from "../../../web/log/rounds.ts";
import { scanGroup } from "../../../web/log/scan-group.ts";
import { SessionLog } from "../../../web/log/session-log.ts";
import { Trend } from "../../../web/log/trend.ts";
import { type ModelFile, ModelLog } from "./hub-model.ts";

function logOf(files: ModelFile[]): SessionLog {
  const model = new ModelLog();
  model.files = files;
  const log = new SessionLog();
  log.apply(model.part(0));
  return log;
}

const PAIRS: ModelFile[] = [1, 2].flatMap((fileNumber) =>
  [200, 15].map((frequencyHz) => ({ name: `${frequencyHz}Hz_${fileNumber}.txt`, fileNumber, frequencyHz })),
);

test("files of one number and different frequencies are one round, lowest frequency first", () => {
  expect(scanGroup(logOf(PAIRS), 2)).toEqual([3, 2]);
});

test("of two series with the same numbers a file stays with its neighbour", () => {
  const second = PAIRS.map((file) => ({ ...file, name: `second_${file.name}` }));
  const log = logOf([...PAIRS, ...second]);
  expect(scanGroup(log, 0)).toEqual([1, 0]);
  expect(scanGroup(log, 4)).toEqual([5, 4]);
});

test("a file without a number is alone", () => {
  expect(scanGroup(logOf([{ name: "a.txt" }, { name: "b.txt" }]), 1)).toEqual([1]);
});

test("an older revision and a failed file are not shown beside others", () => {
  const log = logOf([
    ...PAIRS,
    { name: "200Hz_1.txt", fileNumber: 1, frequencyHz: 200, heightsA: [], status: "failed" },
  ]);
  expect(scanGroup(log, 1)).toEqual([1]);
});

test("rounds are listed newest first and can be paged", () => {
  const log = logOf(PAIRS);
  const trend = new Trend(log, "file-number");
  trend.update();
  expect(latestRounds(log, trend, 5, 0)).toEqual([
    [2, 3],
    [0, 1],
  ]);
  expect(latestRounds(log, trend, 1, 0)).toEqual([[2, 3]]);
  expect(latestRounds(log, trend, 5, 1)).toEqual([[0, 1]]);
});
