import { useState } from "preact/hooks";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import { useViewer } from "../stores/viewer.ts";
import { plural } from "../words/counts.ts";

type Asking = "nothing" | "stop" | "rename" | "delete";

/** What can be done to the shown session; what cannot be taken back asks first. */
export function SessionActions({ session }: { readonly session: SessionSummary }) {
  const { sessions } = useViewer();
  const [asking, ask] = useState<Asking>("nothing");
  const { session_id } = session;
  const done = () => ask("nothing");
  switch (asking) {
    case "stop":
      return (
        <Confirm
          title="Stop this session"
          words="It takes no more files. What is here stays."
          action="Stop this session"
          testId="stop-confirm"
          keep="Keep it running"
          onAction={() => void sessions.stop(session_id).then(done)}
          onKeep={done}
        />
      );
    case "delete":
      return (
        <Confirm
          title="Delete this session"
          words={`${plural(session.head, "file")} with all results, marks and notes are removed from the hub, for everybody. The agent's folder stays as it is.`}
          action="Delete for good"
          testId="delete-confirm"
          keep="Keep it"
          onAction={() => void sessions.remove(session_id)}
          onKeep={done}
        />
      );
    case "rename":
      return <Rename session={session} onDone={done} />;
    case "nothing":
      return (
        <div class="row session-actions">
          {session.state === "running" ? (
            <Action testId="stop" words="Stop" onClick={() => ask("stop")} />
          ) : (
            <Action testId="delete" words="Delete" onClick={() => ask("delete")} />
          )}
          <Action testId="rename" words="Rename" onClick={() => ask("rename")} />
        </div>
      );
  }
}

interface ActionProps {
  readonly testId: string;
  readonly words: string;
  readonly onClick: () => void;
}

function Action({ testId, words, onClick }: ActionProps) {
  return (
    <button type="button" class="plain" data-testid={testId} onClick={onClick}>
      {words}
    </button>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly words: string;
  readonly action: string;
  readonly testId: string;
  readonly keep: string;
  readonly onAction: () => void;
  readonly onKeep: () => void;
}

function Confirm({ title, words, action, testId, keep, onAction, onKeep }: ConfirmProps) {
  return (
    <fieldset class="stop-confirm" aria-label={title}>
      <p>{words}</p>
      <div class="row">
        <button type="button" class="danger" data-testid={testId} onClick={onAction}>
          {action}
        </button>
        <button type="button" class="plain" ref={focusOnce} onClick={onKeep}>
          {keep}
        </button>
      </div>
    </fieldset>
  );
}

interface RenameProps {
  readonly session: SessionSummary;
  readonly onDone: () => void;
}

function Rename({ session, onDone }: RenameProps) {
  const { sessions } = useViewer();
  const [label, setLabel] = useState(session.label);
  return (
    <form
      class="stop-confirm"
      aria-label="Rename this session"
      onSubmit={(event) => {
        event.preventDefault();
        if (label.trim() !== "") void sessions.rename(session.session_id, label.trim()).then(onDone);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <input
        aria-label="Name of the session"
        data-testid="rename-label"
        maxLength={100}
        value={label}
        ref={focusOnce}
        onInput={({ currentTarget }) => setLabel(currentTarget.value)}
      />
      <div class="row">
        <button type="submit" class="primary" disabled={label.trim() === ""}>
          Rename
        </button>
        <button type="button" class="plain" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
