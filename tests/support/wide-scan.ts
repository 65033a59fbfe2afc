import { renderChiLines } from "../../agent/render-chi-swv.ts";
import { simulatedScan } from "../../agent/simulated-scan.ts";

const WIDE_ELECTRODES = 16;
const RANGE_V = 0.5;
const STARTED_AT = new Date(Date.UTC(2026, 0, 15));

/**
 * A scan of 16 electrodes: all of its curves together, of 2,000 points each, are as much as a push carries. Two digits
 * a number keep the file below one part of an upload.
 */
export function wideScan(number: number, points = 2_000): Uint8Array {
  const scan = simulatedScan({ number, electrodes: WIDE_ELECTRODES, step_v: RANGE_V / points });
  const lines = renderChiLines({ scan, startedAt: STARTED_AT, fileName: `wide_${number}.txt` });
  const head = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith("Potential/V")),
  );
  const names = ["Potential/V", ...scan.electrodes.map(({ electrode }) => `i${electrode}d/A`)];
  const rows = Array.from(scan.potentials_v, (potential_v, row) => {
    const currents = scan.electrodes.map(({ difference_a }) => (difference_a[row] ?? 0).toExponential(1));
    return [potential_v.toFixed(5), ...currents].join(",");
  });
  return new TextEncoder().encode([...head, names.join(","), "", ...rows, ""].join("\r\n"));
}

/** All of them, as a viewer watches them. */
export const WIDE_TRACES = Array.from({ length: WIDE_ELECTRODES }, (_, index) => ({
  electrode: index + 1,
  frequency_hz: 15,
}));
