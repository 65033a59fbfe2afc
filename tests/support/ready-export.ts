import type { ExportReply, ReadyExport } from "../../shared/protocol/export-request.ts";

/** An export that is small enough to be fetched at once. */
export function readyExport(reply: ExportReply): ReadyExport {
  if ("task" in reply) throw new Error(`The export is made as a task: ${reply.task.label}`);
  return reply;
}
