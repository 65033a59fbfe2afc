import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { nanoid } from "nanoid";
import { Server, type Socket } from "socket.io";
import type { Random } from "../../agent/random.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import { mutate, pick } from "./mutate.ts";

const MESSAGE_EVERY_MS = 3;

/** A hub that somebody else runs: it wants what it was not given, and answers what it likes. */
export interface HostileHub {
  readonly url: string;
  /** Messages and answers so far. */
  readonly said: number;
  /** Whether the secret stood in anything that it was sent. */
  readonly told: boolean;
  /** From now on it speaks the truth, and asks for everything that matches. Resolves with the names that come. */
  reform(pattern: string): Promise<Set<string>>;
  close(): Promise<void>;
}

/**
 * @param temptations names and paths that it asks for among others
 * @param secret stands in all files that it must not get
 */
export async function startHostileHub(
  random: Random,
  temptations: readonly string[],
  secret: string,
): Promise<HostileHub> {
  const server = createServer();
  const io = new Server(server, { maxHttpBufferSize: 8 * 1024 * 1024 });
  let told = false;
  const hear = (value: unknown) => {
    told ||= holds(value, secret);
  };
  const sockets = new Set<Socket>();
  let said = 0;
  let honest: { readonly session_id: string; readonly pattern: string; readonly names: Set<string> } | null =
    null;
  io.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("disconnect", () => sockets.delete(socket));
    socket.onAny((event: string, payload: unknown, ack: unknown) => {
      hear(payload);
      if (typeof ack !== "function") return;
      if (honest === null) ack(mutate(answerTo(event, payload, null), random));
      else ack(answerTo(event, payload, honest.names));
      said += 1;
    });
    if (honest !== null) greet(socket, honest);
    else void torment(socket);
  });
  const torment = async (socket: Socket) => {
    while (socket.connected && honest === null) {
      const [event, payload] = pick(commands(temptations, random), random);
      const message = random.uniform() < 0.3 ? payload : mutate(payload, random);
      if (random.uniform() < 0.9) socket.emit(event, message, hear);
      else socket.emit(event, message);
      said += 1;
      await pause(MESSAGE_EVERY_MS);
    }
  };
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    get said() {
      return said;
    },
    get told() {
      return told;
    },
    reform: (pattern) => {
      const mine = { session_id: nanoid(), pattern, names: new Set<string>() };
      honest = mine;
      // The sessions of its dark past count against the agent's limit; a new connection begins anew.
      for (const socket of sockets) socket.conn.close();
      return Promise.resolve(mine.names);
    },
    close: () => io.close(),
  };
}

function greet(socket: Socket, { session_id, pattern }: { session_id: string; pattern: string }): void {
  socket.emit("registered", registered());
  socket.emit("set_filters", { session_id, technique: "swv", filters: { pattern } }, () => {});
}

function registered() {
  return {
    user_id: "0".repeat(16),
    viewer_url: null,
    server_time_ms: 0,
    max_file_bytes: 1e7,
    credit: CREDIT,
  };
}

/** Valid messages of a hub, with what it should not want. `bye` without `retry` would be obeyed: it is never sent. */
function commands(temptations: readonly string[], random: Random): readonly (readonly [string, unknown])[] {
  const name = pick(temptations, random);
  return [
    ["set_filters", { session_id: nanoid(), technique: "swv", filters: { pattern: name } }],
    ["set_filters", { session_id: nanoid(), technique: "swv", filters: { pattern: "{*}" } }],
    ["stop_data_stream", { session_id: nanoid() }],
    ["describe_folder", { since: 0 }],
    ["describe_folder", { since: 0, folder: "/etc" }],
    ["preview_file", { name, from: 0, length: 4_096 }],
    ["preview_file", { name: "scan_1.txt", from: 0, length: 4_096 }],
    ["registered", registered()],
    ["viewer_count", { viewers: 3 }],
    ["set_folder", { folder: "/" }],
    ["run", { command: "id" }],
  ];
}

/** What an honest hub says; with `names` it notes what came and takes it. */
function answerTo(event: string, payload: unknown, names: Set<string> | null): unknown {
  const position = { epoch: "epoch", offset: 0, revision: 1, credit: CREDIT };
  if (event === "offer_files") {
    const { files } = payload as { files: readonly { name: string }[] }; // the real agent's
    return { ok: true, value: { wanted: files.map(({ name }) => ({ name, from: 0 })) } };
  }
  if (event !== "stream_instrument_data") return { ok: true, value: null };
  names?.add((payload as { filename: string }).filename); // the real agent's
  return { ok: true, value: { outcome: "stored", ...position } };
}

/** Looks into every byte of a message, wherever it stands in it. */
function holds(value: unknown, text: string): boolean {
  if (value instanceof Uint8Array) return Buffer.from(value).includes(text);
  if (typeof value === "string") return value.includes(text);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((part) => holds(part, text));
}
