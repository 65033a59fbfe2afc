import { createHash } from "node:crypto";
import { nanoid } from "nanoid";
import { io, type Socket } from "socket.io-client";
import { onTestFinished } from "vitest";
import type {
  Bye,
  CarriedSession,
  ReadFilePart,
  Registered,
  SetFilters,
  StreamReply,
} from "../../shared/protocol/agent-events.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import type { AgentToHub, HubToAgent } from "../../shared/protocol/event-maps.ts";
import { MAX_PART_BYTES, PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { holdToReference } from "./reference-check.ts";

/** An agent by hand: speaks the protocol directly, so that a test decides every message. */
export interface RawAgent {
  readonly socket: Socket<HubToAgent, AgentToHub>;
  readonly userId: string;
  readonly key: string;
  /** Filters in the order in which the hub set them. */
  readonly filters: readonly SetFilters[];
  /** Files that the agent lists and lets be previewed. */
  readonly files: Map<string, Uint8Array>;
  nextFilters(): Promise<SetFilters>;
  send(sessionId: string, filename: string, content: Uint8Array): Promise<Ack<StreamReply>>;
  bye(): Promise<Bye>;
}

/** A fresh agent key, as the agent makes it. */
export function newAgentKey(): string {
  return nanoid(43);
}

export async function startRawAgent(
  url: string,
  options: {
    key?: string;
    instance?: string;
    name?: string;
    /** Sessions that it carries for the hub. */
    sessions?: readonly CarriedSession[];
    /** Sees the socket before it connects: for tests that read every frame. */
    onSocket?: (socket: RawAgent["socket"]) => void;
    transport?: "websocket" | "polling";
  } = {},
): Promise<RawAgent> {
  const key = options.key ?? newAgentKey();
  const auth = {
    role: "agent",
    protocol: PROTOCOL_VERSION,
    agent_key: key,
    instance: options.instance ?? nanoid(),
    name: options.name ?? "Potentiostat-1",
    version: "0.1.0",
    os: "test",
    folder: "scans",
    sessions: options.sessions ?? [],
  };
  const socket: Socket<HubToAgent, AgentToHub> = io(url, {
    auth,
    transports: [options.transport ?? "websocket"],
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  holdToReference(socket);
  options.onSocket?.(socket);
  const files = new Map<string, Uint8Array>();
  const filters: SetFilters[] = [];
  const waiting: ((filters: SetFilters) => void)[] = [];
  socket.on("set_filters", (message, ack) => {
    filters.push(message);
    ack({ ok: true, value: { matching: files.size } });
    waiting.shift()?.(message);
  });
  socket.on("stop_data_stream", (_message, ack) => ack({ ok: true, value: null }));
  socket.on("describe_folder", ({ since }, ack) => {
    const listed = [...files].map(([name, bytes]) => ({ name, size: bytes.length, mtime_ms: 0 }));
    ack({ ok: true, value: { total: listed.length, files: listed.slice(since, since + 1000) } });
  });
  socket.on("preview_file", (request, ack) => ack({ ok: true, value: filePart(files, request) }));
  const farewell = new Promise<Bye>((resolve) => void socket.on("bye", resolve));
  const registered = await new Promise<Registered>((resolve, reject) => {
    socket.on("registered", resolve);
    socket.on("connect_error", reject);
    socket.on("disconnect", (reason) => reject(new Error(`The connection ended: ${reason}`)));
    // Not by the promise: the disconnect follows in the same turn, and the reason must win.
    socket.on("bye", (bye) => reject(new Error(bye.message)));
  });
  return {
    socket,
    key,
    files,
    filters,
    userId: registered.user_id,
    nextFilters: () => new Promise((resolve) => void waiting.push(resolve)),
    send: (session_id, filename, content) =>
      socket.emitWithAck("stream_instrument_data", {
        ...announcement(content),
        session_id,
        filename,
        from: 0,
        content,
      }),
    bye: () => farewell,
  };
}

/** What an agent says of a file's content. */
export function announcement(content: Uint8Array) {
  return {
    sha256: createHash("sha256").update(content).digest("hex"),
    size: content.length,
    mtime_ms: 1_700_000_000_000,
  };
}

/** Sends a file in as many parts as it takes; fails unless it is stored. */
export async function sendWhole(
  agent: RawAgent,
  session_id: string,
  { filename, mtime_ms }: { readonly filename: string; readonly mtime_ms?: number | undefined },
  content: Uint8Array,
) {
  const said = announcement(content);
  for (let from = 0; ; ) {
    const part = content.subarray(from, from + MAX_PART_BYTES);
    const of = { session_id, filename, mtime_ms: mtime_ms ?? said.mtime_ms };
    const message = { ...said, ...of, from, content: Buffer.from(part) };
    const ack = await agent.socket.emitWithAck("stream_instrument_data", message);
    if (!ack.ok) throw new Error(`${filename}: ${ack.error.message}`);
    const { value } = ack;
    if (value.outcome !== "partial") {
      if (value.outcome !== "stored") throw new Error(`${filename}: ${value.outcome}`);
      return;
    }
    from = value.from;
  }
}

function filePart(files: ReadonlyMap<string, Uint8Array>, { name, from, length }: ReadFilePart) {
  const bytes = files.get(name) ?? new Uint8Array();
  return { content: bytes.slice(from, from + length), size: bytes.length };
}
