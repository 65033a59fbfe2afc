import { describe, expect, test } from "vitest";
import { packVoltammograms, unpackVoltammograms } from "../../../shared/protocol/voltammogram.ts";

function curve(electrode: number, points: number) {
  const column = (start: number) => Float32Array.from({ length: points }, (_, index) => start + index);
  return {
    name: "swv_1.txt",
    offset: 3,
    scan: 0,
    electrode,
    frequency_hz: 200,
    segments: [],
    other_peaks: [],
    x: column(electrode),
    currents_a: column(1000 * electrode),
    smoothed_a: column(2000 * electrode),
    baseline_a: column(3000 * electrode),
    rows: [{ electrode, peak_height_a: 1e-7 * electrode }],
  };
}

describe("curves in a message", () => {
  test("a hundred electrodes, of different lengths, come out as they went in, from two byte strings", () => {
    const curves = Array.from({ length: 100 }, (_, index) => curve(index + 1, index % 7));
    const pack = packVoltammograms("swv", curves);
    // As a socket delivers them: at odd places of a larger buffer.
    const shifted = Buffer.concat([Buffer.alloc(3), pack.columns as Uint8Array]).subarray(3);
    const unpacked = unpackVoltammograms({ ...pack, columns: shifted });
    expect(unpacked).toMatchObject(
      curves.map(({ x, rows: [result], ...same }) => ({ ...same, potentials_v: x, result })),
    );
  });

  test("bytes that do not belong to the heads are refused, not read as curves", () => {
    const pack = packVoltammograms("swv", [curve(1, 10)]);
    const heads = [...pack.heads, ...pack.heads];
    expect(() => unpackVoltammograms({ ...pack, heads })).toThrow(RangeError);
  });
});
