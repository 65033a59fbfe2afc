import type { SessionSummary } from "../../shared/protocol/session.ts";
import { NoteList } from "../notes/note-list.tsx";
import { AgentDetails } from "./agent-details.tsx";
import { FileNotes } from "./file-notes.tsx";
import { Parameters } from "./parameters.tsx";
import { SessionList } from "./session-list.tsx";
import { TraceMatrix } from "./trace-matrix.tsx";

/** Beside the plots: which session, which traces, how the numbers are made, what was left out. */
export function Sidebar({ session }: { readonly session: SessionSummary }) {
  return (
    <aside class="sidebar" id="panel-session" aria-label="Session">
      <SessionList />
      <TraceMatrix />
      <NoteList />
      <Parameters session={session} />
      <FileNotes />
      <AgentDetails />
    </aside>
  );
}
