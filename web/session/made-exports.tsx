import { isOver, type TaskView } from "../../shared/protocol/task.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { clockText } from "../words/moments.ts";
import { CancelTask, FetchResult } from "./task-actions.tsx";
import { taskText } from "./task-words.ts";

/** Large exports of a session: those that wait or are made, and those that can be fetched. */
export function MadeExports({ sessionId }: { readonly sessionId: string }) {
  const { tasks } = useViewer();
  const own = tasks.exports.value.filter(({ session_id }) => session_id === sessionId);
  if (own.length === 0) return null;
  return (
    <section class="made-exports" aria-labelledby="made-exports-title">
      <h3 id="made-exports-title">Large exports</h3>
      {own.some((task) => !isOver(task)) && (
        <p class="quiet">
          The hub makes them in their turn. Close this or the page: they go on, and are kept here.
        </p>
      )}
      <ul data-testid="made-exports">
        {own.map((task) => (
          <MadeExport task={task} key={task.task_id} />
        ))}
      </ul>
      {tasks.problem.value !== null && (
        <p class="problem" role="alert">
          {tasks.problem.value}
        </p>
      )}
    </section>
  );
}

function MadeExport({ task }: { readonly task: TaskView }) {
  const { clock } = useViewer();
  const { state, label, done, total, result, moved_back_because } = task;
  return (
    <li data-state={state}>
      <span class="made-export-label">{label}</span>
      <span class="made-export-text">
        {state === "running" && total !== null && (
          <progress value={done} max={Math.max(1, total)} aria-label={label} />
        )}
        <span class={state === "failed" ? "problem" : undefined}>{taskText(task)}</span>
        {result !== null && (
          <span class="quiet">
            kept until {clockText(clock.toLocalMs(result.expires_at_ms), nowMs.value)}
          </span>
        )}
        {moved_back_because !== null && <span class="quiet">{moved_back_because}</span>}
      </span>
      <span class="made-export-action">
        {isOver(task) ? <FetchResult task={task} /> : <CancelTask task={task} />}
      </span>
    </li>
  );
}
