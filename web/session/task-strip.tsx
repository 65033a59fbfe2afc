import { isOver, type TaskView } from "../../shared/protocol/task.ts";
import { useViewer } from "../stores/viewer.ts";
import { CancelTask, FetchResult } from "./task-actions.tsx";
import { taskText } from "./task-words.ts";

/** One quiet line for each piece of long work: what it is, how far, how long still; nothing while there is none. */
export function TaskStrip() {
  const { tasks } = useViewer();
  const shown = tasks.shown.value;
  if (shown.length === 0) return null;
  return (
    <ul class="tasks" data-testid="tasks">
      {shown.map((task) => (
        <TaskLine task={task} key={task.task_id} />
      ))}
      {tasks.problem.value !== null && <li class="task-problem">{tasks.problem.value}</li>}
    </ul>
  );
}

function TaskLine({ task }: { readonly task: TaskView }) {
  const { done, total, state, label, moved_back_because } = task;
  return (
    <li class={`task task-${state}`} data-state={state}>
      {state === "running" && total !== null && (
        <progress value={done} max={Math.max(1, total)} aria-label={label} />
      )}
      <span class="task-text">{taskText(task)}</span>
      <span class="task-label" title={label}>
        {label}
      </span>
      {moved_back_because !== null && <span class="task-label">{moved_back_because}</span>}
      <TaskActions task={task} />
    </li>
  );
}

function TaskActions({ task }: { readonly task: TaskView }) {
  const { tasks } = useViewer();
  if (!isOver(task)) return <CancelTask task={task} />;
  return (
    <>
      <FetchResult task={task} />
      <button type="button" class="plain" onClick={() => tasks.dismiss(task.task_id)}>
        Dismiss
      </button>
    </>
  );
}
