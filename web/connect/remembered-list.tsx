import { formatUserId } from "../../shared/protocol/user-id.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { clockText } from "../words/moments.ts";

/** Agents that were watched from this browser, each one click away. */
export function RememberedList() {
  const { remembered } = useViewer();
  const agents = remembered.agents.value;
  if (agents.length === 0) return null;
  return (
    <section class="remembered" aria-labelledby="remembered-title">
      <h2 id="remembered-title">Watched from this browser</h2>
      <ul>
        {agents.map(({ userId, name, lastUsedMs }) => (
          <li key={userId}>
            <a class="remembered-link" href={`#${formatUserId(userId)}`}>
              <span class="remembered-name">{name}</span>
              <span class="mono quiet" translate={false}>
                {formatUserId(userId)}
              </span>
              <span class="quiet remembered-when">{clockText(lastUsedMs, nowMs.value)}</span>
            </a>
            <button
              type="button"
              class="plain"
              aria-label={`Forget ${name}, ${formatUserId(userId)}`}
              onClick={() => remembered.forget(userId)}
            >
              Forget
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
