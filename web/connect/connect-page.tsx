import { formatUserId } from "../../shared/protocol/user-id.ts";
import type { LinkState } from "../connection/link-state.ts";
import { ThemeToggle } from "../session/theme-toggle.tsx";
import type { Credential } from "../share/credential.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { spanText } from "../words/moments.ts";
import { IdField } from "./id-field.tsx";
import { RememberedList } from "./remembered-list.tsx";

/** One field: which agent to watch. */
export function ConnectPage() {
  const { hub, link, membership } = useViewer();
  const state = membership.state.value;
  return (
    <div class="connect">
      <div class="connect-corner">
        <ThemeToggle />
      </div>
      <main class="connect-main">
        <h1 class="brand">
          <img src="./favicon.svg" alt="" width="28" height="28" /> Benchcast
        </h1>
        {state.kind === "out" ? (
          <IdField key={state.text} initial={state.text === "" ? "" : state.text} problem={state.problem} />
        ) : (
          <Joining credential={state.credential} />
        )}
        {state.kind === "out" && <RememberedList />}
        {!hub.own && <p class="quiet">{otherHub(hub.url, link.state.value)}</p>}
        {state.kind === "out" && <GetAgent hubUrl={hub.url} />}
      </main>
    </div>
  );
}

/** The ID is on its way; says what it waits for. */
function Joining({ credential }: { readonly credential: Credential }) {
  const viewer = useViewer();
  return (
    <div class="joining">
      {credential.kind === "user-id" && (
        <p class="id-shown mono" translate={false}>
          {formatUserId(credential.userId)}
        </p>
      )}
      <p role="status">{waitingFor(viewer.link.state.value, nowMs.value)}</p>
      <button type="button" class="plain" onClick={() => leave(viewer)}>
        Enter another ID
      </button>
    </div>
  );
}

/** A browser does not tell a page why another server did not let it in, so both causes are named. */
function otherHub(hubUrl: string, link: LinkState): string {
  const uses = `This page uses the hub at ${new URL(hubUrl).host}.`;
  if (link.kind !== "lost" || link.reason !== null) return uses;
  return `${uses} If that hub runs, whoever runs it has to let this page in: ALLOWED_ORIGINS=${location.origin}`;
}

function leave(viewer: ReturnType<typeof useViewer>): void {
  history.replaceState(null, "", location.pathname + location.search);
  viewer.leave();
}

function waitingFor(link: LinkState, now: number): string {
  switch (link.kind) {
    case "connected":
      return "Asking the hub for this agent.";
    case "connecting":
      return "Connecting to the hub.";
    case "refused":
      return link.message;
    case "lost":
      return link.retryAtMs === null
        ? `${link.reason ?? "The hub does not answer."} Trying again.`
        : `${link.reason ?? "The hub does not answer."} Trying again in ${spanText(link.retryAtMs - now)}.`;
  }
}

/** How to get an agent, for somebody who has none. */
function GetAgent({ hubUrl }: { readonly hubUrl: string }) {
  const address = hubUrl.replace(/\/$/, "");
  return (
    <section class="get-agent">
      <h2>No agent yet?</h2>
      <p>
        On the instrument PC (with Node.js 20.19 or newer), <a href={`${hubUrl}agent`}>download the agent</a>{" "}
        and start it where the files are. It shows the ID to enter here.
      </p>
      <pre class="command">
        <code>
          node benchcast-agent.mjs --hub {address} --watch {"C:\\data"}
        </code>
      </pre>
    </section>
  );
}
