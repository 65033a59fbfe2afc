import type { ComponentChildren } from "preact";
import {
  FOLDER_TROUBLE_END,
  FOLDER_TROUBLE_WORDS,
  type FolderTrouble,
} from "../../shared/protocol/folder-trouble.ts";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import type { LeftOut } from "../../shared/protocol/viewer-events.ts";
import { NothingToWatch } from "../share/access-note.tsx";
import { nowMs } from "../stores/clock.ts";
import type { FolderState } from "../stores/setup.ts";
import { useViewer } from "../stores/viewer.ts";
import { plural } from "../words/counts.ts";
import { clockText } from "../words/moments.ts";
import { LeftOutList } from "./left-out.tsx";
import { ProposalChoice } from "./proposal-choice.tsx";
import { ProposalView } from "./proposal-view.tsx";
import { TableForm } from "./table-form.tsx";

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

interface FolderAwayProps {
  readonly agent: AgentStatus;
  readonly trouble: FolderTrouble;
}

/** Not an empty folder: one that the agent cannot look into. */
function FolderAway({ agent, trouble }: FolderAwayProps) {
  const { title, step } = FOLDER_TROUBLE_WORDS[trouble];
  return (
    <Said title={title}>
      {agent.name} watches <span class="mono">{agent.folder}</span>. {step} {FOLDER_TROUBLE_END}
    </Said>
  );
}

function Folder({ agent }: { readonly agent: AgentStatus }) {
  const { setup } = useViewer();
  const folder = setup.folder.value;
  if (agent.folder_trouble !== undefined)
    return <FolderAway agent={agent} trouble={agent.folder_trouble.is} />;
  const path = <span class="mono">{agent.folder}</span>;
  switch (folder.kind) {
    case "asking":
      return <Said title="Looking into the folder.">{path}</Said>;
    case "empty":
      return (
        <Said title="The folder has no measurement files yet.">
          {agent.name} watches {path}. They appear here as soon as the instrument writes them. If it writes
          elsewhere, start the agent on that folder.
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
  const describing = setup.table.sample.value !== null;
  return (
    <>
      <p class="quiet setup-folder">
        {plural(reply.files, "file")} in <span class="mono">{reply.folder}</span>
      </p>
      {describing ? (
        <TableForm />
      ) : (
        <>
          {reply.proposals.length === 0 && <NothingRecognised left={reply.left_out} />}
          {reply.proposals.length > 1 && <ProposalChoice proposals={reply.proposals} />}
        </>
      )}
      {setup.table.problem.value !== null && (
        <p class="problem" role="alert">
          {setup.table.problem.value}
        </p>
      )}
      <ProposalView />
      {!describing && <LeftOutList left={reply.left_out} />}
    </>
  );
}

function NothingRecognised({ left }: { readonly left: readonly LeftOut[] }) {
  const { setup } = useViewer();
  const table = left.find(({ sample }) => sample !== null);
  if (table?.sample == null || table.pattern === null)
    return (
      <Said title="No file here can be analysed by this version.">
        New files are looked at as they appear. What was found is listed below.
      </Said>
    );
  const { sample, pattern } = table;
  return (
    <Said title="These files hold tables that no known format explains.">
      Say what stands in their columns, and they can be analysed.{" "}
      <button
        type="button"
        class="primary"
        data-testid="describe-table"
        onClick={() => void setup.describeTable(sample, pattern)}
      >
        Describe the columns
      </button>
    </Said>
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
