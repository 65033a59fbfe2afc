import { expect, test } from "vitest";
import { latestRound } from "../../../web/log/latest-round.ts";
import { SessionLog } from "../../../web/log/session-log.ts";
import { type ModelFile, ModelLog } from "./hub-model.ts";

function logOf(files: ModelFile[]): SessionLog {
  const model = new ModelLog();
  model.files = files;
  const log = new SessionLog();
  log.apply(model.part(0));
  return log;
}

const FILES: ModelFile[] = [
  { name: "15Hz_1.txt", fileNumber: 1, frequencyHz: 15 },
  { name: "200Hz_1.txt", fileNumber: 1, frequencyHz: 200 },
  { name: "15Hz_2.txt", fileNumber: 2, frequencyHz: 15 },
];

test("while a round is being measured the other frequencies keep their last file", () => {
  const log = logOf(FILES);
  expect(latestRound(log, log.traces.values())).toEqual([2, 1]);
});

test("a file that a newer revision replaced is not the newest", () => {
  const log = logOf([...FILES, { name: "15Hz_2.txt", fileNumber: 2, heightsA: [], status: "failed" }]);
  expect(latestRound(log, log.traces.values())).toEqual([0, 1]);
});

test("only frequencies of the given traces are looked at", () => {
  const log = logOf(FILES);
  const slow = [...log.traces.values()].filter((trace) => trace.id.frequencyHz === 15);
  expect(latestRound(log, slow)).toEqual([2]);
});
