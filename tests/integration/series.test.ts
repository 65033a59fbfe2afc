import { copyFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RESULT_KINDS, type ResultRow } from "../../shared/protocol/log-tables.ts";
import { startTestAgent } from "../support/agent.ts";
import { hasRealData, realDataPath } from "../support/data.ts";
import { startHub } from "../support/hub.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { type HullReference, readHullReferences } from "../support/references.ts";

const FOLDER = "chi-swv-series-2electrode";
const PEAK_WINDOW: [number, number] = [-0.38, -0.18];
const NUMBERS = [
  "peak_potential_v",
  "peak_height_a",
  "peak_current_a",
  "baseline_at_peak_a",
  "peak_area_av",
  "half_width_v",
  "smoothed_noise_a",
  "snr",
] as const;

/** The reference's lines for one set of parameters, by file name and electrode. */
function referencesFor(peakWindow: typeof PEAK_WINDOW | null): Map<string, HullReference> {
  const lines = readHullReferences().filter(
    ({ file, params }) =>
      file.startsWith(`${FOLDER}/`) &&
      params.sg_points === 15 &&
      JSON.stringify(params.peak_window) === JSON.stringify(peakWindow),
  );
  return new Map(lines.map((line) => [`${line.file.split("/")[1]} ${line.electrode}`, line]));
}

function expectReference(result: ResultRow, { expected }: HullReference): void {
  expect(RESULT_KINDS[result.kind]).toBe(expected.kind);
  for (const name of NUMBERS) {
    const wanted = Number(expected[name]);
    expect(Math.abs(result[name] - wanted), name).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
  }
}

describe.runIf(hasRealData())("a real experiment, file by file through a real agent", () => {
  test.each([
    ["with a peak window", PEAK_WINDOW],
    ["without one", null],
  ])(
    "[I1] %s: both series are in their logs once, in order, and every number is the reference's",
    async (_name, peakWindow) => {
      const references = referencesFor(peakWindow);
      expect(references.size).toBe(200);
      const hub = await startHub();
      const { agent, folder } = await startTestAgent(hub.url);
      const viewer = await startRawViewer(hub.url);
      const user_id = agent.userId;
      await viewer.ask("join", { user_id });
      const analysisParams = { sg_points: 15, min_snr: 0, peak_window: peakWindow };
      const sessions = new Map<string, string>();
      for (const series of ["25uM", "100uM"]) {
        const filters = { pattern: `${series}_PYO_transfer_SWV_{n}.txt` };
        const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams });
        sessions.set(series, session.session_id);
      }
      // As the instrument writes them: one after the other, the next when the last one is on the viewer's screen.
      for (let n = 1; n <= 50; n++) {
        for (const [series, sessionId] of sessions) {
          const name = `${series}_PYO_transfer_SWV_${n}.txt`;
          const arrived = viewer.pushed(sessionId, n);
          await copyFile(realDataPath(`${FOLDER}/${name}`), join(folder, `${name}.part`));
          await rename(join(folder, `${name}.part`), join(folder, name));
          await arrived;
        }
      }
      for (const [series, sessionId] of sessions) {
        const { names, results } = await viewer.log(user_id, sessionId);
        expect(names).toEqual(
          Array.from({ length: 50 }, (_, index) => `${series}_PYO_transfer_SWV_${index + 1}.txt`),
        );
        expect(results.map(({ offset, electrode }) => [offset, electrode])).toEqual(
          Array.from({ length: 100 }, (_, row) => [row >> 1, 1 + (row & 1)]),
        );
        for (const result of results) {
          const reference = references.get(`${names[result.offset]} ${result.electrode}`);
          if (reference === undefined) throw new Error(`no reference for ${names[result.offset]}`);
          expectReference(result, reference);
        }
      }
    },
  );
});
