import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A WebSocket by hand (RFC 6455): sends any frame, also those that no library would. */
export interface RawWebSocket {
  /** One frame, masked as clients must. */
  frame(
    opcode: number,
    payload: Uint8Array,
    options?: { readonly fin?: boolean; readonly masked?: boolean },
  ): void;
  /** One text message. */
  text(message: string): void;
  /** Bytes that need not be a frame at all. */
  bytes(data: Uint8Array): void;
  /** Resolves with what came so far, once it matches. */
  received(pattern: RegExp): Promise<string>;
  /** Reads nothing more: what comes now stays with the system, and then with the other side. */
  pause(): void;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
}

/** Connects to a hub's sockets; resolves when the upgrade was answered, whatever the answer. */
export async function openRawWebSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawWebSocket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const lines = Object.entries({
    host,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${lines.join("")}\r\n`);
  const raw = watch(socket);
  await Promise.race([raw.received(/\r\n\r\n/), raw.closed]);
  return raw;
}

function watch(socket: Socket): RawWebSocket {
  let came = "";
  const waiting = new Set<() => void>();
  socket.on("data", (bytes) => {
    came += bytes.toString("latin1");
    for (const check of [...waiting]) check();
  });
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const bytes = (data: Uint8Array) => void (socket.writable && socket.write(data));
  const frame: RawWebSocket["frame"] = (opcode, payload, { fin = true, masked = true } = {}) =>
    bytes(frameOf((fin ? 0x80 : 0) | opcode, payload, masked));
  return {
    frame,
    bytes,
    closed,
    pause: () => void socket.pause(),
    text: (message) => frame(1, Buffer.from(message)),
    received: (pattern) =>
      new Promise((resolve) => {
        const check = () => {
          if (!pattern.test(came)) return;
          waiting.delete(check);
          resolve(came);
        };
        waiting.add(check);
        check();
      }),
  };
}

function frameOf(first: number, payload: Uint8Array, masked: boolean): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = first;
  head[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const covered = Buffer.from(payload).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([head, mask, covered]);
}
