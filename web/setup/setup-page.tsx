import type { ComponentChildren } from "preact";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import { NothingToWatch } from "../share/access-note.tsx";
import { nowMs } from "../stores/clock.ts";
import type { FolderState } from "../stores/setup.ts";
import { useViewer } from "../stores/viewer.ts";
import { plural } from "../words/counts.ts";
import { clockText } from "../words/moments.ts";
import { LeftOutList } from "./left-out.tsx";
import { ProposalView } from "./proposal-view.tsx";

/** The way to a new session: what is in the folder, one proposal with its fit, one button. */
export function SetupPage() {
  const { setup, sessions, membership, mayControl } = useViewer();
  const agent = membership.agent.value;
  if (!mayControl.value) {
    return (
      <main class="setup">
        <NothingToWatch />
      </main>
    );
  }
  return (
    <main class="setup">
      {sessions.list.value.length > 0 && (
        <button type="button" class="plain setup-back" onClick={() => setup.close()}>
          Back to the sessions
        </button>
      )}
      {agent !== null && (agent.state === "offline" ? <AgentAway agent={agent} /> : <Folder agent={agent} />)}
    </main>
  );
}

function AgentAway({ agent }: { readonly agent: AgentStatus }) {
  const { clock } = useViewer();
  const since = clockText(clock.toLocalMs(agent.since_ms), nowMs.value);
  return (
    <Said title={`Agent offline since ${since}.`}>
      Start it on {agent.name}; this page goes on by itself. A new session needs the agent.
    </Said>
  );
}

function Folder({ agent }: { readonly agent: AgentStatus }) {
  const { setup } = useViewer();
  const folder = setup.folder.value;
  const path = <span class="mono">{agent.folder}</span>;
  switch (folder.kind) {
    case "asking":
      return <Said title="Looking into the folder.">{path}</Said>;
    case "empty":
      return (
        <Said title="The folder has no measurement files yet.">
          {path} on {agent.name}. They appear here as soon as the instrument writes them.
        </Said>
      );
    case "problem":
      return (
        <Said title="The folder could not be read.">
          {folder.message}{" "}
          <button type="button" class="plain" onClick={() => setup.open()}>
            Look again
          </button>
        </Said>
      );
    case "described":
      return <Described folder={folder} />;
  }
}

function Described({ folder: { reply } }: { readonly folder: FolderState & { kind: "described" } }) {
  const { setup } = useViewer();
  const many = reply.proposals.length > 1;
  return (
    <>
      <p class="quiet setup-folder">
        {plural(reply.files, "file")} in <span class="mono">{reply.folder}</span>
      </p>
      {reply.proposals.length === 0 && (
        <Said title="No file here can be analysed by this version.">
          New files are looked at as they appear. What was found is listed below.
        </Said>
      )}
      {many && (
        <fieldset class="proposal-choice" aria-label="What to analyse">
          {reply.proposals.map((proposal, index) => (
            <button
              type="button"
              key={proposal.filters.pattern}
              aria-pressed={setup.chosen.value === index}
              class="proposal-option"
              onClick={() => setup.choose(index)}
            >
              <span>{proposal.summary}</span>
              <span class="mono quiet">{proposal.filters.pattern}</span>
            </button>
          ))}
        </fieldset>
      )}
      <ProposalView />
      <LeftOutList left={reply.left_out} />
    </>
  );
}

function Said({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="said" role="status">
      <h1>{title}</h1>
      <p>{children}</p>
    </div>
  );
}
