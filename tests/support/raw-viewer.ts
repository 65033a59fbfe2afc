import { io, type Socket } from "socket.io-client";
import { onTestFinished } from "vitest";
import type { Ack } from "../../shared/protocol/errors.ts";
import type { HubToViewer, PayloadOf, ReplyOf, ViewerToHub } from "../../shared/protocol/event-maps.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { EntryTable, ResultTable } from "../../shared/protocol/log-tables.ts";
import type { LogPart, SessionStatePush, VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { holdToReference } from "./reference-check.ts";

type Requests = typeof VIEWER_REQUESTS;

/** A viewer without a screen: asks by the protocol, and keeps what it was told. */
export interface RawViewer {
  readonly socket: Socket<HubToViewer, ViewerToHub>;
  /** The answer as it came, error or not. */
  request<Name extends keyof Requests>(
    event: Name,
    payload: PayloadOf<Requests, Name>,
  ): Promise<Ack<ReplyOf<Requests, Name>>>;
  /** The value of an answer that must succeed. */
  ask<Name extends keyof Requests>(
    event: Name,
    payload: PayloadOf<Requests, Name>,
  ): Promise<ReplyOf<Requests, Name>>;
  /** Waits until the hub has said that the session's log stands at `head` or beyond. */
  headAt(sessionId: string, head: number): Promise<SessionStatePush>;
  /** Waits until the hub has shown, by a push or by a head, that the log has at least `count` entries. */
  pushed(sessionId: string, count: number): Promise<void>;
  /** The whole log, page by page. */
  log(userId: string, sessionId: string): Promise<ReadLogResult>;
}

export interface ReadLogResult {
  readonly epoch: string;
  readonly names: string[];
  readonly entries: ReturnType<typeof EntryTable.read>;
  readonly results: ReturnType<typeof ResultTable.read>;
  readonly notes: LogPart["notes"];
}

export interface RawViewerOptions {
  /** Sees the socket before it connects: for tests that read every frame. */
  readonly onSocket?: (socket: RawViewer["socket"]) => void;
  readonly transport?: "websocket" | "polling";
}

export async function startRawViewer(url: string, options: RawViewerOptions = {}): Promise<RawViewer> {
  const auth = { role: "viewer", protocol: PROTOCOL_VERSION };
  const socket: Socket<HubToViewer, ViewerToHub> = io(url, {
    auth,
    transports: [options.transport ?? "websocket"],
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  holdToReference(socket);
  options.onSocket?.(socket);
  const states = new Map<string, SessionStatePush>();
  const waiting = new Set<() => void>();
  socket.on("session_state", (state) => {
    states.set(state.session_id, state);
    for (const check of waiting) check();
  });
  const shown = new Map<string, number>();
  const show = (sessionId: string, count: number) => {
    shown.set(sessionId, Math.max(count, shown.get(sessionId) ?? 0));
    for (const check of waiting) check();
  };
  socket.on("live_analysis_update", ({ session_id, next }) => show(session_id, next));
  socket.on("session_state", ({ session_id, head }) => show(session_id, head));
  await new Promise<void>((resolve, reject) => {
    socket.on("connect", resolve);
    socket.on("connect_error", reject);
    socket.on("disconnect", (reason) => reject(new Error(`The connection ended: ${reason}`)));
  });
  const request: RawViewer["request"] = (event, payload) => {
    // The typings want one overload per event; the signature of `request` ties payload and reply together.
    const emitter = socket as unknown as { emitWithAck(event: string, payload: unknown): Promise<never> };
    return emitter.emitWithAck(event, payload);
  };
  const ask: RawViewer["ask"] = async (event, payload) => {
    const ack = await request(event, payload);
    if (!ack.ok) throw new Error(`${event}: ${ack.error.code}: ${ack.error.message}`);
    return ack.value;
  };
  const pushed: RawViewer["pushed"] = (sessionId, count) =>
    new Promise((resolve) => {
      const check = () => {
        if ((shown.get(sessionId) ?? 0) < count) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const headAt: RawViewer["headAt"] = (sessionId, head) =>
    new Promise((resolve) => {
      const check = () => {
        const state = states.get(sessionId);
        if (state === undefined || state.head < head) return;
        waiting.delete(check);
        resolve(state);
      };
      waiting.add(check);
      check();
    });
  return {
    socket,
    request,
    ask,
    headAt,
    pushed,
    log: (userId, sessionId) => readWholeLog(ask, userId, sessionId),
  };
}

async function readWholeLog(
  ask: RawViewer["ask"],
  user_id: string,
  session_id: string,
): Promise<ReadLogResult> {
  const names: string[] = [];
  const entries: ReadLogResult["entries"] = [];
  const results: ReadLogResult["results"] = [];
  const notes: LogPart["notes"] = [];
  for (let since = 0; ; ) {
    const page = await ask("read_log", { user_id, session_id, since });
    names.push(...page.names);
    entries.push(...EntryTable.read(page.entries));
    results.push(...ResultTable.read(page.results));
    notes.push(...page.notes);
    since = page.next;
    if (since >= page.head) return { epoch: page.epoch, names, entries, results, notes };
  }
}
