import { packCurves } from "../../shared/analysis/curves.ts";
import { readScans, scansFor } from "../../shared/analysis/measurement.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_RAW_REPLY_BYTES } from "../../shared/protocol/limits.ts";
import { matchName } from "../../shared/protocol/name-pattern.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { VoltammogramPack } from "../../shared/protocol/voltammogram.ts";
import type { Store } from "../store/port.ts";
import { readPattern } from "./live-session.ts";
import { logKey, type SessionBook, versionOf } from "./session-book.ts";
import type { UserTag } from "./user-tag.ts";

interface FileRequest {
  readonly session_id: SessionId;
  readonly offset: number;
}

interface CurveRequest extends FileRequest {
  readonly electrode: number | undefined;
  readonly version: number | undefined;
}

interface Shelves {
  readonly store: Store;
  readonly book: SessionBook;
}

/**
 * One logged file as the instrument wrote it.
 *
 * @throws RequestError session_not_found, not_found, raw_gone, too_large
 */
export async function readRawFile(shelves: Shelves, tag: UserTag, request: FileRequest) {
  const { row, raw } = await readKept(shelves, tag, request);
  if (raw.byteLength > MAX_RAW_REPLY_BYTES) throw new RequestError("too_large", tooLarge(raw.byteLength));
  return { name: row.name, content: raw };
}

function tooLarge(bytes: number): string {
  return `The file has ${bytes} bytes; up to ${MAX_RAW_REPLY_BYTES} are sent to a viewer at once. Export it instead.`;
}

async function readKept({ store, book }: Shelves, tag: UserTag, { session_id, offset }: FileRequest) {
  const session = await book.get(tag, session_id);
  const key = logKey(tag, session_id);
  const page = await store.readLog(key, { since: offset, limit: 1, version: session.version });
  const row = page?.rows[0];
  if (row === undefined) throw new RequestError("not_found", `The log has no file at ${offset}.`);
  const raw = await store.readRaw(key, offset);
  if (raw === null) throw new RequestError("raw_gone");
  return { session, row, raw };
}

/**
 * The curves of one logged file, computed from its kept bytes with the parameters of the version: the same functions
 * that made its results.
 *
 * @throws RequestError session_not_found, version_gone, not_found, raw_gone, not_a_measurement, unknown_trace
 */
export async function readVoltammograms(
  shelves: Shelves,
  tag: UserTag,
  request: CurveRequest,
): Promise<VoltammogramPack> {
  const { offset, electrode } = request;
  const { session, row, raw } = await readKept(shelves, tag, request);
  const { params } = versionOf(session, request.version);
  const parsed = readScans(raw, { technique: session.technique, params });
  if (!parsed.ok) throw new RequestError("not_a_measurement", parsed.message);
  const fields = matchName(readPattern(session.filters.pattern), row.name) ?? {};
  const { technique } = session;
  const source = { name: row.name, offset, scans: scansFor(parsed.scans, technique, fields) };
  const wanted = electrode === undefined ? undefined : (number: number) => number === electrode;
  const curves = packCurves(source, { technique, params }, wanted);
  if (curves.heads.length === 0 && electrode !== undefined) throw new RequestError("unknown_trace");
  return curves;
}
