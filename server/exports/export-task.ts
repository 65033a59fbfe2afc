import { createHash } from "node:crypto";
import { z } from "zod";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { ExportQuery } from "../../shared/protocol/export-request.ts";
import type { NoteBook } from "../sessions/note-book.ts";
import type { SessionBook } from "../sessions/session-book.ts";
import type { Store } from "../store/port.ts";
import type { TaskRequest, TaskRunner } from "../tasks/task-runner.ts";
import { type ExportJob, openExport } from "./export-job.ts";
import type { ExportLinks } from "./export-links.ts";
import { type ExportScope, fixScope, queryOf } from "./export-scope.ts";
import { type ExportSize, unitsOf } from "./export-size.ts";
import { FORMATS } from "./formats.ts";
import type { MadeExports } from "./made-exports.ts";

/** Large exports: the task that makes one into a file to be fetched. */

/** The very stretch of the log and the version, so that a run after a hub's death makes the same. */
const ExportPayload = z.object({ format: ExportFormat, query: ExportQuery });

/** @param notesRev asked for again after a note, it is another export */
export function exportTask(
  scope: ExportScope,
  {
    format,
    link,
    size,
    notesRev,
  }: { format: ExportFormat; link: string | null; size: ExportSize; notesRev: number },
): TaskRequest {
  const { session, range } = scope;
  const payload = { format, query: queryOf(scope) };
  const asked = JSON.stringify([session.session_id, session.label, payload, link, notesRev]);
  return {
    tag: range.tag,
    kind: "export",
    session_id: session.session_id,
    label: `Export of “${session.label.slice(0, 100)}” as ${format}`,
    payload,
    link,
    units: unitsOf(format, size),
    unit: format,
    key: createHash("sha256").update(asked).digest("base64url"),
  };
}

interface ExportRunnerDependencies {
  readonly store: Store;
  readonly book: SessionBook;
  readonly notes: NoteBook;
  readonly links: ExportLinks;
  readonly made: MadeExports;
  readonly now: () => number;
}

/** Makes exports, one after the other, between the files that come in. */
export function exportRunner({ store, book, notes, links, made, now }: ExportRunnerDependencies): TaskRunner {
  return async ({ tag, session_id, task_id, payload, link }, { progress, breathe }) => {
    const { format, query } = ExportPayload.parse(payload);
    const session = await book.get(tag, session_id ?? "");
    const fixed = await fixScope(store, tag, session, query);
    const scope = { ...fixed, range: { ...fixed.range, pause: breathe } };
    const write = async function* () {
      const { notes: said, trend_params: trendParams } = await notes.read(tag, session.session_id);
      const job = await openExport({ ...scope, notes: said, trendParams, now: now() });
      const size = { files: scope.range.end - scope.range.since, rows: job.manifest.rows };
      const total = unitsOf(format, size);
      yield* FORMATS[format].write(counted(job, (done) => progress(Math.min(done, total), total)));
    };
    await made.write({ tag, session_id: session.session_id, task_id }, write);
    return links.ofFile({ tag, link }, scope, format, task_id);
  };
}

function counted(job: ExportJob, note: (done: number) => void): ExportJob {
  let done = 0;
  const counting = async function* <Item>(pages: AsyncIterable<readonly Item[]>) {
    for await (const page of pages) {
      yield page;
      done += page.length;
      note(done);
    }
  };
  return {
    ...job,
    files: () => counting(job.files()),
    rows: (electrode) => counting(job.rows(electrode)),
  };
}
