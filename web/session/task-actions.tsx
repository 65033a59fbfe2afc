import type { TaskView } from "../../shared/protocol/task.ts";
import { useViewer } from "../stores/viewer.ts";

/** Takes a task back; nothing where this viewer may not, or where there is nothing to take back. */
export function CancelTask({ task }: { readonly task: TaskView }) {
  const { tasks, exports, mayControl } = useViewer();
  const { task_id, kind, label } = task;
  // Old files come as long as the session runs: that is stopped, not this.
  if (kind === "catch-up" || !(mayControl.value || exports.isOwn(task_id))) return null;
  return (
    <button
      type="button"
      class="plain"
      aria-label={`Cancel ${label}`}
      onClick={() => void tasks.cancel(task_id)}
    >
      Cancel
    </button>
  );
}

/** What a task has left to fetch; nothing where it left nothing. */
export function FetchResult({ task: { result } }: { readonly task: TaskView }) {
  const { exports } = useViewer();
  if (result === null) return null;
  return (
    <a href={exports.address(result.path)} download={result.filename}>
      Download {result.filename}
    </a>
  );
}
