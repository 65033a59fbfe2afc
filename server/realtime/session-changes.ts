import type { z } from "zod";
import { type AnalysisParams, paramsSchemaOf } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { SessionId, SessionSummary } from "../../shared/protocol/session.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import type { RenameSession, UpdateAnalysisParams } from "../../shared/protocol/viewer-events.ts";
import type { Access } from "../access/access.ts";
import { logKey, type SessionRecord } from "../sessions/session-book.ts";
import type { Hub } from "./hub.ts";
import { sessionSummary, stopSession } from "./session-control.ts";

/** Changes of a session that is there: other parameters, another name, or its end. */

type ParamsWish = z.output<typeof UpdateAnalysisParams>;

/**
 * Has every file of a session analysed with other parameters, running or stopped.
 *
 * @throws RequestError session_not_found, invalid_message, too_many_tasks
 */
export async function updateParams(
  hub: Hub,
  { tag, link }: Access,
  { session_id, analysisParams }: ParamsWish,
): Promise<TaskView> {
  const session = await hub.book.get(tag, session_id);
  const params = readParams(session, analysisParams);
  const earlier = await earlierOf(hub, session, { tag, link });
  // One that waits gives its place in the queue to the new one. One that runs goes on until that has a place.
  for (const { task_id, state } of earlier) if (state === "queued") await hub.tasks.cancel(tag, task_id);
  const [position] = await hub.store.heads([logKey(tag, session_id)]);
  const task = await hub.tasks.submit({
    tag,
    kind: "reanalysis",
    session_id,
    label: `New parameters for “${session.label}”`.slice(0, 100),
    payload: { params },
    link,
    units: position?.head ?? 0,
  });
  for (const { task_id } of earlier) await hub.tasks.cancel(tag, task_id);
  hub.log.info({ agent: tag, session_id, task_id: task.task_id }, "re-analysis asked for");
  return task;
}

function readParams({ technique }: SessionRecord, given: ParamsWish["analysisParams"]): AnalysisParams {
  const read = paramsSchemaOf(technique).safeParse(given);
  if (read.success) return read.data;
  const details = read.error.issues.map(({ path, message }) => ({
    path: ["analysisParams", ...path].map(String).join("."),
    message,
  }));
  const [first] = details;
  throw new RequestError("invalid_message", `${first?.path}: ${first?.message}`, details.slice(0, 8));
}

/** Who asks again means the later parameters: a re-analysis that waits, or runs, with earlier ones is for nobody. */
async function earlierOf(
  hub: Hub,
  { session_id }: SessionRecord,
  { tag, link }: Pick<Access, "tag" | "link">,
): Promise<TaskView[]> {
  const tasks = await hub.tasks.list(tag, link);
  return tasks.filter(
    (task) =>
      task.kind === "reanalysis" &&
      task.session_id === session_id &&
      (task.state === "queued" || task.state === "running"),
  );
}

/** @throws RequestError session_not_found */
export async function renameSession(
  hub: Hub,
  { tag }: Access,
  { session_id, label }: z.output<typeof RenameSession>,
): Promise<SessionSummary> {
  const renamed = await hub.book.update(tag, session_id, (session) =>
    session.label === label ? session : { ...session, label },
  );
  hub.heads.refresh(tag);
  return sessionSummary(hub, tag, renamed);
}

/**
 * Removes a session with everything that belongs to it: log, results, files, prepared pages, notes, tasks. The log
 * goes before the record: what a hub's death leaves behind is then still found, and swept when its time is over.
 *
 * @throws RequestError session_not_found
 */
export async function deleteSession(hub: Hub, access: Access, sessionId: SessionId): Promise<null> {
  const { tag } = access;
  const { state } = await hub.book.get(tag, sessionId);
  // The agent must neither send to it nor carry it any more: it would come back with the next store loss.
  if (state === "running") await stopSession(hub, access, sessionId);
  await hub.tasks.cancelSession(tag, sessionId);
  await hub.store.deleteLog(logKey(tag, sessionId));
  await hub.book.remove(tag, sessionId);
  await hub.notes.forget(tag, sessionId);
  await hub.madeExports.forget({ tag, session_id: sessionId });
  hub.heads.refresh(tag);
  hub.log.info({ agent: tag, session_id: sessionId }, "session deleted");
  return null;
}
