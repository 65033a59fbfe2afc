import { describe, expect, it } from "vitest";
import { renderChiSwv, simulatedScan } from "../../../agent/simulate.ts";
import { isComplete, parseFile } from "../../../shared/formats/registry.ts";

const startedAt = new Date(2026, 8, 28, 14, 42, 59);

function parsed(number: number, frequency_hz: number) {
  const scan = simulatedScan({ number, frequency_hz });
  const outcome = parseFile(
    new TextEncoder().encode(renderChiSwv({ scan, startedAt, fileName: "c:\\chi\\eab.txt" })),
  );
  if (!outcome.ok) throw new Error(outcome.message);
  const [first] = outcome.scans;
  if (first === undefined) throw new Error("No scan.");
  return { scan, read: first };
}

describe("the simulated potentiostat", () => {
  it("writes files that read as what they simulate", () => {
    const { scan, read } = parsed(1, 200);
    expect(read).toMatchObject({
      technique: "swv",
      frequency_hz: 200,
      amplitude_v: 0.025,
      step_v: 0.001,
      warnings: [],
    });
    expect(read.started_at).toBe("2026-09-28T14:42:59");
    expect(read.electrodes.map(({ electrode }) => electrode)).toEqual([1, 2, 3, 4]);
    expect(read.potentials_v).toHaveLength(500);
    expect([read.potentials_v[0], read.potentials_v.at(-1)]).toEqual([-0.001, -0.5]);
    for (const [index, { currents_a }] of read.electrodes.entries()) {
      const meant = scan.electrodes[index]?.difference_a ?? [];
      expect(
        Math.max(...currents_a.map((value, row) => Math.abs(value / (meant[row] ?? 0) - 1))),
      ).toBeLessThan(1e-3);
    }
  });

  it("has a peak near -0.30 V on every electrode, of the height it tells", () => {
    const { scan, read } = parsed(10, 15);
    for (const [index, { currents_a }] of read.electrodes.entries()) {
      const around = currents_a.subarray(230, 380);
      const line = (row: number) => ((around[0] ?? 0) * (149 - row) + (around[149] ?? 0) * row) / 149;
      const net = Array.from(around, (value, row) => value - line(row));
      const top = net.indexOf(Math.max(...net));
      expect(read.potentials_v[230 + top]).toBeCloseTo(-0.3, 1);
      // The straight line stands on the flanks of the peak, so it takes some of the height away.
      expect((net[top] ?? 0) / (scan.peakHeights_a[index] ?? 1)).toBeGreaterThan(0.5);
      expect((net[top] ?? 0) / (scan.peakHeights_a[index] ?? 1)).toBeLessThan(1.1);
    }
  });

  it("falls at the low frequency and rises at the high one while the target binds", () => {
    const height = (number: number, frequency_hz: number) =>
      simulatedScan({ number, frequency_hz }).peakHeights_a[0] ?? 0;
    expect(height(120, 15) / height(1, 15)).toBeLessThan(0.7);
    expect(height(120, 200) / height(1, 200)).toBeGreaterThan(1.05);
  });

  it("gives the same scan for the same seed, and another for another", () => {
    expect(simulatedScan({ number: 3, seed: 7 })).toEqual(simulatedScan({ number: 3, seed: 7 }));
    expect(simulatedScan({ number: 3, seed: 8 })).not.toEqual(simulatedScan({ number: 3, seed: 7 }));
  });

  it("proves its own end only with the last row", () => {
    const text = renderChiSwv({ scan: simulatedScan({ number: 1 }), startedAt, fileName: "x" });
    expect(text.endsWith("\r\n")).toBe(true);
    const rows = text.split("\r\n");
    expect(isComplete(new TextEncoder().encode(text))).toBe(true);
    expect(isComplete(new TextEncoder().encode(rows.slice(0, -2).join("\r\n")))).toBe(false);
  });
});
