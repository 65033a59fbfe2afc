import { useEffect } from "preact/hooks";
import { ConnectPage } from "./connect/connect-page.tsx";
import { SessionPage } from "./session/session-page.tsx";
import { addressOf } from "./share/credential.ts";
import { useViewer } from "./stores/viewer.ts";

/** The connect page until an agent was joined, then the agent's page. */
export function App() {
  const { membership } = useViewer();
  const state = membership.state.value;
  const name = membership.agent.value?.name;

  useEffect(() => {
    if (state.kind !== "joined") return;
    // A reload, a bookmark and a copied address lead back here.
    const hash = addressOf(state.credential);
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }, [state]);

  useEffect(() => {
    document.title = state.kind === "joined" && name !== undefined ? `${name} · Benchcast` : "Benchcast";
  }, [state, name]);

  return state.kind === "joined" ? <SessionPage /> : <ConnectPage />;
}
