import { describe, expect, test } from "vitest";
import { frequencyMaps } from "../../../shared/trends/frequency-map.ts";
import { derive, excluded, listed, type ModelFile } from "./model-log.ts";

/** Two maps of three frequencies, electrode 1 alone. */
const files: ModelFile[] = [1, 2].flatMap((number) =>
  [10, 100, 1000].map((hz) => ({ name: `${hz}_${number}`, number, hz, heights: [hz * number] })),
);

describe("a frequency map", () => {
  test("is the newest value of every frequency, or the round that is asked for", () => {
    const [newest] = frequencyMaps(derive(files), "height", null);
    const [first] = frequencyMaps(derive(files), "height", 1);
    expect([listed(newest?.values ?? []), listed(first?.values ?? [])]).toEqual([
      [20, 200, 2000],
      [10, 100, 1000],
    ]);
    expect([...(first?.frequenciesHz ?? [])]).toEqual([10, 100, 1000]);
  });

  test("shows charge as height over frequency", () => {
    expect(listed(frequencyMaps(derive(files), "charge", 2)[0]?.values ?? [])).toEqual([2, 2, 2]);
  });

  test("where each frequency has a number of its own, still has them all", () => {
    const numbered = files.map((file, index) => ({ ...file, number: index + 1 }));
    expect(listed(frequencyMaps(derive(numbered), "height", 4)[0]?.values ?? [])).toEqual([20, 200, 2000]);
  });

  test("leaves out what is excluded: the round has a hole, the newest map the value before", () => {
    const trends = derive(files, {}, [excluded(files, 4)]);
    expect(listed(frequencyMaps(trends, "height", 2)[0]?.values ?? [])).toEqual([20, null, 2000]);
    expect(listed(frequencyMaps(trends, "height", null)[0]?.values ?? [])).toEqual([20, 100, 2000]);
  });
});
