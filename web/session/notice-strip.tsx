import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { agoText } from "../words/moments.ts";

/** One line below the state line when there is more to say than a word; nothing otherwise. */
export function NoticeStrip() {
  const { liveness, link, membership, exports, sessions } = useViewer();
  if (link.state.value.kind === "lost") return <ConnectionLost />;
  const exported = exports.state.value;
  if (exported.kind === "failed") {
    return <Notice text={`The export failed: ${exported.message}`} dismiss={() => exports.dismiss()} />;
  }
  const stop = sessions.notice.value;
  if (stop !== null) {
    return (
      <Notice
        text={stop}
        dismiss={() => {
          sessions.notice.value = null;
        }}
      />
    );
  }
  const gone = sessions.followed.value?.followerProblem.value ?? null;
  const text = membership.rejoinProblem.value ?? gone ?? liveness.value?.sentence ?? null;
  return text === null ? null : <Notice text={text} />;
}

function Notice({ text, dismiss }: { readonly text: string; readonly dismiss?: () => void }) {
  return (
    <div class="notice" role="status">
      <span>{text}</span>
      {dismiss !== undefined && (
        <button type="button" class="plain" onClick={dismiss}>
          Dismiss
        </button>
      )}
    </div>
  );
}

/** Ticks every second, so it is not read aloud; the state line has told that the connection is gone. */
function ConnectionLost() {
  const { link } = useViewer();
  const state = link.state.value;
  if (state.kind !== "lost") return null;
  const now = nowMs.value;
  const retry =
    state.retryAtMs === null ? "Retrying now." : `Retrying in ${secondsUntil(state.retryAtMs, now)} s.`;
  return (
    <div class="notice notice-lost">
      <span>
        Connection lost {agoText(now - state.sinceMs)}. {state.reason} {retry}
      </span>
      <button type="button" disabled={state.retryAtMs === null} onClick={() => link.retryNow()}>
        Retry now
      </button>
    </div>
  );
}

function secondsUntil(atMs: number, now: number): number {
  return Math.max(1, Math.ceil((atMs - now) / 1000));
}
