import { packCurves } from "../../shared/analysis/curves.ts";
import { scansFor } from "../../shared/analysis/measurement.ts";
import type { ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import {
  CURVES_PER_SECOND,
  MAX_PUSHED_CURVE_BYTES,
  MAX_WATCHED_TRACES,
} from "../../shared/protocol/limits.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { WatchTraces } from "../../shared/protocol/viewer-events.ts";
import { BYTES_PER_POINT, type VoltammogramPack } from "../../shared/protocol/voltammogram.ts";
import type { ViewerFlow } from "../metrics/viewer-flow.ts";
import type { LoggedFile } from "../sessions/ingest.ts";
import { logPart } from "../sessions/log-page.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Audience } from "./audience.ts";
import type { ViewersElsewhere } from "./viewers-elsewhere.ts";

type Traces = WatchTraces["traces"];

interface Pending {
  readonly tag: UserTag;
  readonly files: LoggedFile[];
  /** When the first live one of them was committed, on the clock of `performance.now`; null: all are old. */
  committedAtMs: number | null;
  /** Until old files are pushed together; null once they go at the end of this turn. */
  timer: NodeJS.Timeout | null;
}

/** A screen shows no more than that; one push for each of some hundred old files a second is a fifth of the work. */
const OLD_FILES_EVERY_MS = 100;

/**
 * Hints viewers at new results: one push per session and flush, because a second volatile emit in one turn is
 * lost always. What a viewer misses it reads from the log.
 */
export class LivePush {
  readonly #audience: Audience;
  readonly #now: () => number;
  readonly #counts: Pick<ViewerFlow, "written">;
  readonly #pending = new Map<SessionId, Pending>();
  readonly #elsewhere: Pick<ViewersElsewhere, "count" | "traces">;
  /** Per session, what each viewer's socket wants to see; gone with the socket. */
  readonly #watched = new Map<SessionId, Map<string, { readonly tag: UserTag; readonly traces: Traces }>>();
  readonly #lastCurves = new Map<SessionId, number>();

  constructor(
    audience: Audience,
    elsewhere: Pick<ViewersElsewhere, "count" | "traces">,
    now: () => number,
    counts: Pick<ViewerFlow, "written">,
  ) {
    this.#counts = counts;
    this.#elsewhere = elsewhere;
    this.#audience = audience;
    this.#now = now;
  }

  watch(tag: UserTag, socketId: string, sessionId: SessionId, traces: Traces): void {
    this.unwatch(socketId);
    if (traces.length === 0) return;
    const viewers = this.#watched.get(sessionId) ?? new Map();
    this.#watched.set(sessionId, viewers.set(socketId, { tag, traces }));
  }

  /** What the viewers of an agent on this hub want to see, for the hub that has it. */
  wanted(tag: UserTag): { session_id: SessionId; traces: Traces }[] {
    return [...this.#watched].flatMap(([session_id, viewers]) => {
      const lists = [...viewers.values()].filter((one) => one.tag === tag).map(({ traces }) => traces);
      const traces = distinct(lists.flat());
      return traces.length === 0 ? [] : [{ session_id, traces }];
    });
  }

  unwatch(socketId: string): void {
    for (const [sessionId, viewers] of this.#watched) {
      viewers.delete(socketId);
      if (viewers.size > 0) continue;
      this.#watched.delete(sessionId);
      this.#lastCurves.delete(sessionId);
    }
  }

  /**
   * Notes a file that is durable now; it is pushed at the end of this turn, with what else came in it. Old files wait
   * for each other, and for a live one.
   */
  add(tag: UserTag, file: LoggedFile, { isOld }: { isOld: boolean }): void {
    if (this.#audience.size(tag) + this.#elsewhere.count(tag) === 0) return;
    const { session_id } = file.live.record;
    const known = this.#pending.get(session_id);
    const pending: Pending = known ?? { tag, files: [], committedAtMs: null, timer: null };
    pending.files.push(file);
    this.#pending.set(session_id, pending);
    if (!isOld) pending.committedAtMs ??= performance.now();
    const flush = () => this.#flush(session_id);
    if (known === undefined && isOld) {
      pending.timer = setTimeout(flush, OLD_FILES_EVERY_MS).unref();
    } else if (known === undefined || (!isOld && pending.timer !== null)) {
      if (pending.timer !== null) clearTimeout(pending.timer);
      pending.timer = null;
      setImmediate(flush);
    }
  }

  #flush(sessionId: SessionId): void {
    const pending = this.#pending.get(sessionId);
    this.#pending.delete(sessionId);
    const run = pending && consecutive(pending.files);
    const first = run?.[0];
    const last = run?.at(-1);
    if (!pending || !run || !first || !last) return;
    const { version, technique } = first.record;
    const place = {
      technique,
      session_id: sessionId,
      epoch: first.epoch,
      version,
      since: first.row.offset,
      head: last.row.offset + 1,
    };
    const part = logPart(
      place,
      run.map((file) => file.row),
    );
    const ready = this.#audience.hint(pending.tag, "live_analysis_update", {
      ...part,
      curves: this.#curves(pending.tag, sessionId, last),
    });
    const { committedAtMs } = pending;
    if (committedAtMs === null) return;
    // Of a connection that is ready the next thing to be through is this push.
    for (const { conn } of ready) conn.transport.once("drain", () => this.#counts.written(committedAtMs));
  }

  #curves(tag: UserTag, sessionId: SessionId, file: LoggedFile): VoltammogramPack {
    const { record, row, parsed, fields } = file;
    const wanted = this.#wantedAnywhere(tag, sessionId);
    const now = this.#now();
    const due = now - (this.#lastCurves.get(sessionId) ?? 0) >= 1000 / CURVES_PER_SECOND;
    const isShown = wanted.size > 0 && due && parsed.ok;
    if (isShown) this.#lastCurves.set(sessionId, now);
    const scans = isShown ? scansFor(parsed.scans, record.technique, fields) : [];
    const source = { name: row.name, offset: row.offset, scans };
    const fitting = tracesThatFit(scans, wanted);
    return packCurves(source, record, (electrode, frequency_hz) =>
      fitting.has(traceName({ electrode, frequency_hz })),
    );
  }

  #wantedAnywhere(tag: UserTag, sessionId: SessionId): Set<string> {
    const here = [...(this.#watched.get(sessionId)?.values() ?? [])].flatMap(({ traces }) => traces);
    return new Set(distinct([...here, ...this.#elsewhere.traces(tag, sessionId)]).map(traceName));
  }
}

function traceName({ electrode, frequency_hz }: Traces[number]): string {
  return `${electrode} ${frequency_hz}`;
}

/** Of the wanted traces those whose curves fit into one push together; the others are for the viewer to ask for. */
function tracesThatFit(scans: readonly ScanPlace[], wanted: ReadonlySet<string>): Set<string> {
  const bytesOf = new Map<string, number>();
  for (const { scan, frequency_hz } of scans) {
    for (const { electrode, currents_a } of scan.electrodes) {
      const name = traceName({ electrode, frequency_hz });
      if (wanted.has(name)) bytesOf.set(name, (bytesOf.get(name) ?? 0) + currents_a.length * BYTES_PER_POINT);
    }
  }
  let left = MAX_PUSHED_CURVE_BYTES;
  const fitting = new Set<string>();
  for (const [name, bytes] of bytesOf) {
    if (bytes > left) continue;
    left -= bytes;
    fitting.add(name);
  }
  return fitting;
}

/** Each trace once, and no more than one viewer may watch. */
function distinct(traces: Traces): Traces {
  return [...new Map(traces.map((trace) => [traceName(trace), trace])).values()].slice(0, MAX_WATCHED_TRACES);
}

/** The longest run without a hole from the lowest offset, of one version; the rest is found through the heads. */
function consecutive(files: LoggedFile[]): LoggedFile[] {
  const sorted = [...files].sort((a, b) => a.row.offset - b.row.offset);
  const first = sorted[0];
  const hole = sorted.findIndex(
    ({ row, record }, index) =>
      row.offset !== (first?.row.offset ?? 0) + index || record.version !== first?.record.version,
  );
  return hole === -1 ? sorted : sorted.slice(0, hole);
}
