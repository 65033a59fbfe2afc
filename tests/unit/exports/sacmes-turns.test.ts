import { expect, test } from "vitest";
import { continuousTable } from "../../../server/exports/sacmes-continuous.ts";
import { derive, type ModelFile } from "../trends/model-log.ts";

const ROUNDS = 5_000;
const FREQUENCIES_HZ = [15, 200];
const HEIGHTS = [1, 2, 3, 4];

test("other work has its turn between the columns of a long SACMES table, and within its means", async () => {
  const files = Array.from({ length: ROUNDS }, (_, index) => index + 1).flatMap((number) =>
    FREQUENCIES_HZ.map((hz): ModelFile => ({ name: `${hz}_${number}`, number, hz, heights: HEIGHTS })),
  );
  const trends = derive(files, { reference: { from: 1, to: 1 } });
  let turns = 0;
  let isDone = false;
  const other = () => {
    turns += 1;
    if (!isDone) setImmediate(other);
  };
  setImmediate(other);
  const { rows, columns } = await continuousTable(trends);
  isDone = true;
  expect([rows.length, columns.at(-1)?.values.length]).toEqual([ROUNDS, ROUNDS]);
  // Each electrode of peaks, normalised values, ratio and KDM; each of these once within its means.
  const ofColumns = HEIGHTS.length * (2 * FREQUENCIES_HZ.length + 2);
  expect(turns).toBeGreaterThanOrEqual(ofColumns + 2 * FREQUENCIES_HZ.length + 2);
});
