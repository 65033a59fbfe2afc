import { AnnotateReply, LogPart, SetTrendParamsReply } from "../shared/protocol/viewer-events.ts";
import type { StartedSession } from "./demo-session.ts";
import type { DemoViewer } from "./demo-viewer.ts";
import { injectedUm } from "./titration.ts";

/** Shorter steps than in a lab, so that the curve is there within two minutes. */
export const TITRATION = { scansPerStep: 16, everyS: 1 } as const;
/** Of each step so many scans are left to the sensor to settle. */
const SETTLE_SCANS = 10;
const UNIT = "µM";

/**
 * Marks each injection as it happens, and sets how the trend is read: KDM of the two frequencies against the blank,
 * in the form in which the sensor's wear cancels.
 */
export async function followTitration(
  viewer: DemoViewer,
  user_id: string,
  { session_id }: StartedSession,
): Promise<void> {
  const trend_params = {
    reference: { from: 1, to: TITRATION.scansPerStep },
    kdm: "difference-over-mean",
    signal: "kdm",
    axis: "file-number",
    settle: SETTLE_SCANS,
    unit: UNIT,
  };
  await viewer.ask("set_trend_params", { user_id, session_id, trend_params }, SetTrendParamsReply);
  let read = 0;
  let turn = Promise.resolve();
  const marked = new Set<number>();
  const readOn = async (head: number): Promise<void> => {
    while (read < head) {
      const part = await viewer.ask("read_log", { user_id, session_id, since: read }, LogPart);
      for (const [index, name] of part.names.entries()) {
        const number = numberOf(name);
        const concentration = injectedUm(number, TITRATION.scansPerStep);
        if (concentration === null || marked.has(number)) continue;
        const change = {
          do: "add",
          note_id: `demo-injection-${number}`,
          kind: "injection",
          at: { offset: part.since + index },
          text: concentration === 0 ? "wash" : "",
          concentration,
          unit: UNIT,
        };
        await viewer.ask("annotate", { user_id, session_id, change }, AnnotateReply);
        // Not before: what failed is tried again with the next head, under the same note_id.
        marked.add(number);
      }
      read = part.next;
    }
  };
  // What a page brings may have been marked already: one after the other, in the order of the log.
  viewer.socket.on("session_state", (state: { session_id: string; head: number }) => {
    if (state.session_id === session_id) turn = turn.then(() => readOn(state.head)).catch(() => undefined);
  });
  await readOn(1);
}

/** The file's number, of either frequency: `EAB_15Hz_26.txt`. */
function numberOf(name: string): number {
  return Number(/_(\d+)\.txt$/.exec(name)?.[1] ?? Number.NaN);
}
