import { DescribeFolderReply, JoinReply, StartReply } from "../shared/protocol/viewer-events.ts";
import type { DemoViewer } from "./demo-viewer.ts";

/** What runs now. `summary`: in the hub's words ("SWV, 15 and 200 Hz, 4 electrodes, 80 files"). */
export interface StartedSession {
  readonly session_id: string;
  readonly summary: string;
}

/** Joins as a viewer and starts what the hub proposes for the folder, so that the link opens a running experiment. */
export async function startProposedSession(viewer: DemoViewer, user_id: string): Promise<StartedSession> {
  await viewer.ask("join", { user_id }, JoinReply, ({ agent }) => agent.state === "online");
  const described = await viewer.ask(
    "describe_folder",
    { user_id },
    DescribeFolderReply,
    ({ proposals }) => proposals.length > 0,
  );
  const [proposal] = described.proposals;
  if (proposal === undefined) throw new Error("The hub proposes nothing for the demo's folder.");
  const { filters, params: analysisParams, summary } = proposal;
  const wish = { user_id, filters, analysisParams, label: "Demo" };
  const { session } = await viewer.ask("start_analysis_session", wish, StartReply);
  return { session_id: session.session_id, summary };
}
