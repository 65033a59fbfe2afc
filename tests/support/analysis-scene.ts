import { vi } from "vitest";
import type { GivenParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { resultTableOf } from "../../shared/protocol/log-tables.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import type { EntryNote } from "../../shared/protocol/viewer-events.ts";
import { startHub, type TestHub, type TestHubOptions } from "./hub.ts";
import { type RawAgent, sendWhole, startRawAgent } from "./raw-agent.ts";
import { type RawViewer, startRawViewer } from "./raw-viewer.ts";

/** A session with its agent and a viewer, for tests of what is made of its files. */
export interface AnalysisScene {
  readonly agent: RawAgent;
  readonly viewer: RawViewer;
  readonly user_id: string;
  readonly session_id: string;
  /** In parts where it is large; fails unless the file is stored. @param mtime_ms when it was written */
  send(name: string, content: Uint8Array, mtime_ms?: number): Promise<void>;
  session(): ReturnType<typeof sessionOf>;
  /** Asks for other parameters and waits for the end of that task. */
  reanalyse(analysisParams: GivenParams): Promise<TaskView>;
  ended(task_id: string): Promise<TaskView>;
  /** All rows of one version as records; the current one by default. */
  rows(version?: number): Promise<Record<string, number>[]>;
  notes(version?: number): Promise<EntryNote[]>;
}

interface SceneWish {
  readonly technique?: SessionTechnique;
  readonly pattern?: string;
  readonly params?: GivenParams;
}

export async function startAnalysis(
  wish: SceneWish = {},
  options: TestHubOptions = {},
): Promise<AnalysisScene & { readonly hub: TestHub }> {
  const hub = await startHub(options);
  return { hub, ...(await startSessionOn(hub.url, wish)) };
}

export async function startSessionOn(url: string, wish: SceneWish = {}): Promise<AnalysisScene> {
  const { technique = "swv", pattern = "{*}_{n}.txt", params = {} } = wish;
  const agent = await startRawAgent(url);
  const viewer = await startRawViewer(url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const started = await viewer.ask("start_analysis_session", {
    user_id,
    technique,
    filters: { pattern },
    analysisParams: params,
  });
  return sceneOf(agent, viewer, started.session.session_id);
}

export function sceneOf(agent: RawAgent, viewer: RawViewer, session_id: string): AnalysisScene {
  const user_id = agent.userId;
  const session = () => sessionOf(viewer, user_id, session_id);
  const ended: AnalysisScene["ended"] = (task_id) =>
    vi.waitUntil(
      async () => {
        const { tasks } = await viewer.ask("list_tasks", { user_id });
        return tasks.find((task) => task.task_id === task_id && task.ended_at_ms !== null);
      },
      { timeout: 120_000, interval: 50 },
    );
  const reanalyse = async (analysisParams: GivenParams) => {
    const { task } = await viewer.ask("update_analysis_params", { user_id, session_id, analysisParams });
    return ended(task.task_id);
  };
  const parts = async function* (version?: number) {
    for (let since = 0; ; ) {
      const asked = version === undefined ? {} : { version };
      const part = await viewer.ask("read_log", { user_id, session_id, since, ...asked });
      yield part;
      since = part.next;
      if (since >= part.head) return;
    }
  };
  return {
    agent,
    viewer,
    user_id,
    session_id,
    session,
    ended,
    reanalyse,
    send: (name, content, mtime_ms) => sendWhole(agent, session_id, { filename: name, mtime_ms }, content),
    rows: async (version) => {
      const rows: Record<string, number>[] = [];
      for await (const part of parts(version)) {
        const table: NumericTable<string> = resultTableOf(part.technique);
        rows.push(...table.read(part.results));
      }
      return rows;
    },
    notes: async (version) => {
      const notes = [];
      for await (const part of parts(version)) notes.push(...part.notes);
      return notes;
    },
  };
}

async function sessionOf(viewer: RawViewer, user_id: string, session_id: string) {
  const { sessions } = await viewer.ask("list_sessions", { user_id });
  const session = sessions.find((one) => one.session_id === session_id);
  if (session === undefined) throw new Error(`There is no session ${session_id}.`);
  return session;
}
