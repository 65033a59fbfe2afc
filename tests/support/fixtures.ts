import { renderChiSwv } from "../../agent/render-chi-swv.ts";
import { simulatedScan } from "../../agent/simulated-scan.ts";

/** The first scan of every simulated series; later ones follow every 10 s. */
const FIRST_SCAN_MS = Date.UTC(2026, 0, 15, 9, 30, 0);

export interface FixtureOptions {
  readonly frequencyHz?: number;
  readonly electrodes?: number;
  /** Potential step; a larger one makes a smaller file (5 mV: about 4 KB an electrode). */
  readonly step_v?: number;
  /** Text that stands in the file's header, for tests that look for it elsewhere. */
  readonly canary?: string;
}

/** What the instrument's clock showed when a simulated scan began, read as ms since 1970. */
export function simulatedStartMs(number: number): number {
  return FIRST_SCAN_MS + number * 10_000;
}

/** The content of a CH Instruments file with a square wave scan: the same bytes for the same number. */
export function simulatedFile(number: number, options: FixtureOptions = {}): Uint8Array {
  const { frequencyHz = 15, electrodes = 2, step_v = 0.001, canary = "" } = options;
  const scan = simulatedScan({ number, frequency_hz: frequencyHz, electrodes, step_v });
  const startedAt = new Date(simulatedStartMs(number));
  return new TextEncoder().encode(
    renderChiSwv({ scan, startedAt, fileName: `c:\\scans\\${canary}_${number}.txt` }),
  );
}
