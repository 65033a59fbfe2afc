import { z } from "zod";
import { ExportFormat } from "./export-format.ts";
import { SessionId } from "./session.ts";
import { TaskView } from "./task.ts";

/** Asking for a session's results as a file. */

/** Which part of the log: all of it where nothing is said. */
export const ExportQuery = z.strictObject({
  /** The entries from this offset on: where the last export ended. */
  since: z.int().min(0).optional(),
  /** The entries before this offset; where the log stands when it is not said. */
  until: z.int().min(0).optional(),
  /** Epoch of these positions; another one is answered with `epoch_changed`. */
  epoch: z.string().max(64).optional(),
  /** Of the parameters; the current one where it is not said. */
  version: z.int().min(1).optional(),
  electrode: z.int().min(0).optional(),
});
export type ExportQuery = z.infer<typeof ExportQuery>;

/** The same in an address, where everything is text. */
export const ExportAddressQuery = z.strictObject({
  since: z.coerce.number().pipe(z.int().min(0)).optional(),
  until: z.coerce.number().pipe(z.int().min(0)).optional(),
  epoch: ExportQuery.shape.epoch,
  version: z.coerce.number().pipe(z.int().min(1)).optional(),
  electrode: z.coerce.number().pipe(z.int().min(0)).optional(),
});

export const RequestExport = ExportQuery.extend({
  user_id: z.string().max(500),
  /** The newest session of the technique when absent. */
  session_id: SessionId.optional(),
  format: ExportFormat.default("csv"),
});
export type RequestExport = z.input<typeof RequestExport>;

/** The stretch of the log that an export holds: the entries `since ≤ offset < end`. The next can go on from `end`. */
const stretch = {
  session_id: SessionId,
  epoch: z.string(),
  since: z.int().min(0),
  end: z.int().min(0),
};

/** To be fetched at once. `path` is relative to the hub's address and works until `expires_at_ms`. */
export const ReadyExport = z.object({
  path: z.string(),
  filename: z.string(),
  expires_at_ms: z.number(),
  ...stretch,
});
export type ReadyExport = z.infer<typeof ReadyExport>;

/** A large one: the task that makes it, whose `result` is what can be fetched. Asked for again it is the same task. */
export const ExportInMaking = z.object({ task: TaskView, ...stretch });
export type ExportInMaking = z.infer<typeof ExportInMaking>;

export const ExportReply = z.union([ReadyExport, ExportInMaking]);
export type ExportReply = z.infer<typeof ExportReply>;
