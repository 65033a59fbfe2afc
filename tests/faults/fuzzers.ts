import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { nanoid } from "nanoid";
import { io, type Socket } from "socket.io-client";
import type { Random } from "../../agent/random.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { announcement, newAgentKey } from "../support/raw-agent.ts";
import { SAMPLE_NAMES, SAMPLE_REQUESTS } from "../support/sample-requests.ts";
import { mutate, pick } from "./mutate.ts";

/** Those who do not mean well. Each is one loop that goes on until `stopped`. */
export interface Fuzzing {
  readonly url: string;
  readonly random: Random;
  stopped(): boolean;
  /** One more message or connection was thrown at the hub. */
  count(): void;
}

/** Not the address of those whom a limit on this one must not touch. Only Linux has all of 127.0.0.0/8. */
const LOCAL_ADDRESS = process.platform === "linux" ? "127.0.0.66" : "127.0.0.1";
const MESSAGES_PER_CONNECTION = 60;
const PAUSE_MS = 4;
const CONNECT_MS = 2_000;
/** One message that lies open for a while and then breaks off. */
const DANGLING_MS = 200;

const FILE = simulatedFile(1, { electrodes: 1, step_v: 0.005 });

/** Valid messages of an agent, before anything is done to them. */
function agentMessages(session_id: string): readonly (readonly [event: string, payload: unknown])[] {
  const file = { session_id, filename: "swv_1.txt", ...announcement(FILE), from: 0, content: FILE };
  const offer = { name: "swv_1.txt", ...announcement(FILE) };
  return [
    ["stream_instrument_data", file],
    ["stream_instrument_data", { ...file, content: FILE.slice(0, 100) }],
    ["offer_files", { session_id, files: [offer, { ...offer, name: "swv_2.txt" }] }],
    ["folder_state", { seen: 2, matching: 2, owed: 1 }],
  ];
}

/** An agent with a good key and bad manners: its messages, and its answers to the hub's requests. */
export async function fuzzAsAgent(fuzzing: Fuzzing): Promise<void> {
  const { url, random, count } = fuzzing;
  const agent_key = newAgentKey();
  while (!fuzzing.stopped()) {
    const auth = {
      role: "agent",
      protocol: PROTOCOL_VERSION,
      agent_key,
      instance: nanoid(),
      name: "Fuzz",
      version: "0.1.0",
      os: "test",
      folder: "scans",
    };
    const socket = await open(url, random.uniform() < 0.8 ? auth : withKey(mutate(auth, random), agent_key));
    socket.onAny((_event, ...given: unknown[]) => {
      const ack = given.at(-1);
      if (typeof ack === "function")
        ack(mutate({ ok: true, value: { matching: 1, total: 1, files: [] } }, random));
    });
    const messages = agentMessages(nanoid());
    for (let n = 0; n < MESSAGES_PER_CONNECTION && socket.connected && !fuzzing.stopped(); n++) {
      const [event, payload] = pick(messages, random);
      throwAt(socket, event, payload, random);
      count();
      await pause(PAUSE_MS);
    }
    socket.disconnect();
  }
}

/** A viewer that asks for everything, of somebody's session or nobody's, in every wrong way. */
export async function fuzzAsViewer(fuzzing: Fuzzing, userId: () => string): Promise<void> {
  const { url, random, count } = fuzzing;
  while (!fuzzing.stopped()) {
    const auth = { role: "viewer", protocol: PROTOCOL_VERSION };
    const socket = await open(url, random.uniform() < 0.8 ? auth : mutate(auth, random));
    for (let n = 0; n < MESSAGES_PER_CONNECTION && socket.connected && !fuzzing.stopped(); n++) {
      const event = n === 0 ? "join" : pick(SAMPLE_NAMES, random);
      throwAt(socket, event, { user_id: userId(), ...SAMPLE_REQUESTS[event] }, random);
      count();
      await pause(PAUSE_MS);
    }
    socket.disconnect();
  }
}

/** Bytes that are no conversation: broken HTTP, broken frames, broken packets, connections that say nothing. */
export async function fuzzRawBytes(fuzzing: Fuzzing): Promise<void> {
  const { url, random, count } = fuzzing;
  const { port } = new URL(url);
  while (!fuzzing.stopped()) {
    const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: LOCAL_ADDRESS });
    // Being sent away is what this one asks for.
    socket.on("error", () => {});
    socket.resume();
    for (const bytes of rawConversation(random)) {
      if (socket.destroyed) break;
      socket.write(bytes);
      count();
      await pause(PAUSE_MS);
    }
    await pause(random.uniform() * DANGLING_MS);
    socket.destroy();
  }
}

const UPGRADE = [
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** Engine.IO and Socket.IO packets, whole and broken. */
const PACKETS: readonly string[] = [
  '40{"role":"viewer","protocol":1}',
  "40",
  "40[]",
  "40{",
  "41",
  "42",
  '42["join",{}]',
  '421["join",null]',
  '42["connect"]',
  "42[{}]",
  '451-["read_log",{"_placeholder":true,"num":0}]',
  '459999999999-["x"]',
  "43999[]",
  "44{}",
  "4/admin,0",
  "4\u0000",
  "2probe",
  "3",
  "5",
  "6",
  "9",
  `42["join",${"[".repeat(20_000)}`,
  `42["${"x".repeat(60_000)}",{}]`,
];

function rawConversation(random: Random): Buffer[] {
  const kind = random.uniform();
  if (kind < 0.2) return [randomBytes(1 + Math.floor(random.uniform() * 2_000))];
  if (kind < 0.3)
    return [
      Buffer.from("POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nContent-Length: 999999999\r\n\r\nx"),
    ];
  if (kind < 0.4) return [Buffer.from(`GET /${"../".repeat(40)}etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n`)];
  const packets = Array.from({ length: 1 + Math.floor(random.uniform() * 8) }, () => {
    const frame = textFrame(pick(PACKETS, random));
    if (random.uniform() < 0.7) return frame;
    // One bit elsewhere: opcode, length, mask or content.
    const at = Math.floor(random.uniform() * Math.min(frame.length, 20));
    frame.writeUInt8(frame.readUInt8(at) ^ (1 << Math.floor(random.uniform() * 8)), at);
    return frame;
  });
  return [Buffer.from(UPGRADE), textFrame('40{"role":"viewer","protocol":1}'), ...packets];
}

/** One masked text frame (the mask is zero). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([Buffer.from([0x81]), length, Buffer.alloc(4), payload]);
}

function throwAt(socket: Socket, event: string, payload: unknown, random: Random): void {
  const name =
    random.uniform() < 0.95
      ? event
      : pick(["__proto__", "constructor", "", "x".repeat(5_000), "toString"], random);
  const body = random.uniform() < 0.1 ? payload : mutate(payload, random);
  // With an acknowledgement, without, with too much.
  const kind = random.uniform();
  if (kind < 0.8) socket.emit(name, body, () => {});
  else if (kind < 0.9) socket.emit(name, body);
  else socket.emit(name, body, mutate(body, random), () => {});
}

/** Every registration with another key would stay in the store: the mutants keep this one or have none. */
function withKey(auth: unknown, agent_key: string): unknown {
  return typeof auth === "object" && auth !== null && "agent_key" in auth ? { ...auth, agent_key } : auth;
}

/** Resolves when the connection stands, was refused, or takes too long. */
function open(url: string, auth: unknown): Promise<Socket> {
  const options = {
    // Whatever the auth is, the library sends it on.
    auth: auth as Record<string, unknown>,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    // Passed on to Node's sockets; the typings are of the browser.
    localAddress: LOCAL_ADDRESS,
  };
  const socket = io(url, options);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(socket), CONNECT_MS);
    const done = () => {
      clearTimeout(timer);
      resolve(socket);
    };
    socket.once("connect", done);
    socket.once("connect_error", done);
  });
}
