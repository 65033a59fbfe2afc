import { useState } from "preact/hooks";
import { formatUserId } from "../../shared/protocol/user-id.ts";
import { addressOf, pageAddress } from "../share/credential.ts";
import { useViewer } from "../stores/viewer.ts";
import { countText } from "../words/counts.ts";

/** An address without an ID is the connect page's. */
function leave(): void {
  location.hash = "";
}

/** Which agent this is, its User ID to pass on, and the way to another one. */
export function AgentDetails() {
  const viewer = useViewer();
  const agent = viewer.membership.agent.value;
  const credential = viewer.membership.credential;
  const [said, setSaid] = useState("Copy link");
  if (agent === null || credential === null) return null;
  const copy = async (): Promise<void> => {
    try {
      // Browsers give the clipboard to pages on https and on this computer alone.
      await navigator.clipboard.writeText(pageAddress(location, addressOf(credential)));
      setSaid("Link copied");
    } catch {
      setSaid("Not allowed here: copy this page's address");
    }
  };
  return (
    <section class="side-section agent-details" aria-labelledby="agent-title">
      <h2 id="agent-title">Agent</h2>
      <dl class="facts">
        {credential.kind === "user-id" && (
          <div>
            <dt>User ID</dt>
            <dd class="mono" translate={false}>
              {formatUserId(credential.userId)}
            </dd>
          </div>
        )}
        <div>
          <dt>Folder</dt>
          <dd class="mono">{agent.folder}</dd>
        </div>
        {agent.files !== null && (
          <div>
            <dt>Files</dt>
            <dd>
              {countText(agent.files.seen)} seen, {countText(agent.files.owed)} still to send
            </dd>
          </div>
        )}
        <div>
          <dt>Runs on</dt>
          <dd>
            {agent.os}, version {agent.version}
          </dd>
        </div>
      </dl>
      <div class="row">
        <button type="button" class="plain" onClick={() => void copy()}>
          {said}
        </button>
        <button type="button" class="plain" onClick={leave}>
          Watch another agent
        </button>
      </div>
    </section>
  );
}
