import type { WrittenContent } from "../support/instrument.ts";
import type { AckSeen, History, StoredLog, StoredRow, ViewSeen } from "./history.ts";

/** What a history proves. The promise holds when `violations` is empty; then `lost` and `duplicated` are 0. */
export interface Verdict {
  readonly written: number;
  readonly acked: number;
  /** Names whose last content is not the newest in the log, and acknowledged contents that are gone. */
  readonly lost: number;
  /** Rows that repeat what was already there, or that nobody wrote. */
  readonly duplicated: number;
  /** Longest time between a finished file and its appearance at a viewer, the fault's own time included. */
  readonly stalenessMs: number;
  readonly violations: readonly string[];
}

export interface CheckOptions {
  /** The store was emptied: acks and views of earlier epochs prove nothing any more. */
  readonly epochMayChange?: boolean;
}

export function checkHistory(history: History, options: CheckOptions = {}): Verdict {
  const { written, log, viewers } = history;
  const acks = history.acks.filter(({ epoch }) => !options.epochMayChange || epoch === log.epoch);
  const lostNames = [...written].flatMap(([name, contents]) => lostOf(name, contents, log));
  const brokenAcks = acks.flatMap((ack) => brokenAck(ack, log));
  const repeats = repeatedRows(written, log.rows);
  const restarts = options.epochMayChange ? [] : viewers.flatMap(restartsOf);
  const violations = [
    ...lostNames,
    ...brokenAcks,
    ...repeats,
    ...orderFaults(log.rows),
    ...log.rows.flatMap(rawFault),
    ...viewers.flatMap((view) => viewFaults(view, log)),
    ...restarts,
  ];
  return {
    written: [...written.values()].flat().filter(({ finishedMs }) => finishedMs !== null).length,
    acked: new Set(acks.map(({ offset, epoch }) => `${epoch}/${offset}`)).size,
    lost: lostNames.length + brokenAcks.length,
    duplicated: repeats.length,
    stalenessMs: longestStaleness(written, viewers),
    violations,
  };
}

/** [I1] The last content of a name is the newest in the log. */
function lostOf(name: string, contents: readonly WrittenContent[], log: StoredLog): string[] {
  const last = contents.at(-1);
  const newest = log.rows.findLast((row) => row.name === name);
  if (last === undefined || newest?.sha256 === last.sha256) return [];
  return [
    `[I1] lost: ${name} ends with ${newest?.sha256.slice(0, 8) ?? "nothing"}, not ${last.sha256.slice(0, 8)}`,
  ];
}

/** [I1] The contents of a name stand in the log in the order in which they were written, each at most once. */
function repeatedRows(written: History["written"], rows: readonly StoredRow[]): string[] {
  const places = new Map<string, number>();
  return rows.flatMap(({ name, sha256, offset }) => {
    const contents = written.get(name) ?? [];
    const from = places.get(name) ?? 0;
    const found = contents.findIndex((content, index) => index >= from && content.sha256 === sha256);
    if (found >= 0) {
      places.set(name, found + 1);
      return [];
    }
    const known = contents.some((content) => content.sha256 === sha256);
    return [`[I1] ${known ? "doubled" : "never written"}: ${name} ${sha256.slice(0, 8)} at ${offset}`];
  });
}

/** [I2] No holes; revisions of a name count from 1. */
function orderFaults(rows: readonly StoredRow[]): string[] {
  const revisions = new Map<string, number>();
  return rows.flatMap(({ offset, name, revision }, place) => {
    const expected = (revisions.get(name) ?? 0) + 1;
    revisions.set(name, revision);
    return [
      ...(offset === place ? [] : [`[I2] offset ${offset} stands in place ${place}`]),
      ...(revision === expected ? [] : [`[I2] ${name} has revision ${revision} after ${expected - 1}`]),
    ];
  });
}

/** [I3] of a store as it is now, with the bytes that it keeps. */
export function acksBrokenIn(log: StoredLog, acks: readonly AckSeen[]): string[] {
  return [...acks.flatMap((ack) => brokenAck(ack, log)), ...log.rows.flatMap(rawFault)];
}

/** [I3] What was acknowledged is there, in its place. */
function brokenAck(ack: AckSeen, log: StoredLog): string[] {
  const row = log.rows[ack.offset];
  if (ack.epoch !== log.epoch) return [`[I3] ${ack.name} was acknowledged in an epoch that is gone`];
  if (row?.name === ack.name && row.sha256 === ack.sha256 && row.revision === ack.revision) return [];
  return [`[I3] ${ack.name} was acknowledged at ${ack.offset}; there stands ${row?.name ?? "nothing"}`];
}

/** [I8] The file behind a row is kept byte for byte. */
function rawFault({ name, sha256, rawSha256, offset }: StoredRow): string[] {
  if (rawSha256 === sha256) return [];
  return [
    `[I8] ${name} at ${offset}: the bytes kept are ${rawSha256?.slice(0, 8) ?? "gone"}, not ${sha256.slice(0, 8)}`,
  ];
}

/** [I5] A viewer ends equal to the log, and never showed anything else. */
function viewFaults({ viewer, shown, faults }: ViewSeen, log: StoredLog): string[] {
  const unlike = shown.filter(({ offset, epoch, name, revision }) => {
    const row = log.rows[offset];
    return epoch !== log.epoch || row?.name !== name || row.revision !== revision;
  });
  return [
    ...faults.map((fault) => `[R3] ${viewer} ${fault}`),
    ...unlike.map(
      ({ offset, name }) => `[R2] ${viewer} showed ${name} at ${offset}, which the log does not have`,
    ),
    ...(shown.length === log.rows.length
      ? []
      : [`[I5] ${viewer} shows ${shown.length} of ${log.rows.length}`]),
  ];
}

function restartsOf({ viewer, restarts }: ViewSeen): string[] {
  return restarts === 0
    ? []
    : [`[R3] ${viewer} had to begin anew ${restarts} times although no data was lost`];
}

function longestStaleness(written: History["written"], viewers: readonly ViewSeen[]): number {
  const finishedMs = new Map<string, number>();
  for (const [name, contents] of written) {
    for (const content of contents)
      if (content.finishedMs !== null) finishedMs.set(identity(name, content), content.finishedMs);
  }
  const delays = viewers.flatMap(({ shown }) =>
    shown.map((entry) => entry.atMs - (finishedMs.get(identity(entry.name, entry)) ?? entry.atMs)),
  );
  return delays.reduce((longest, delay) => Math.max(longest, delay), 0);
}

/** A viewer knows no hash: size and time of change tell a name's contents apart. */
function identity(name: string, { size, mtime_ms }: { size: number; mtime_ms: number }): string {
  return `${name} ${size} ${mtime_ms}`;
}
