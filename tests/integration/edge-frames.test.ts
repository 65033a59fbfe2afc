import { expect, test } from "vitest";
import { startHubProcess } from "../support/hub-process.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { openRawWebSocket, type RawWebSocket } from "../support/raw-web-socket.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const upTo = (random: Random, limit: number) => Math.floor(random() * limit);
const pick = <T>(random: Random, from: readonly T[]): T => from[upTo(random, from.length)] as T; // in range

const AGENT = { role: "agent", protocol: 1, agent_key: newAgentKey(), instance: "fuzzing-process" };

/** Messages of Engine.IO and Socket.IO, right ones and wrong ones. */
const MESSAGES: readonly string[] = [
  '40{"role":"viewer","protocol":1}',
  `40${JSON.stringify({ ...AGENT, name: "x", version: "1", os: "x", folder: "x" })}`,
  "40",
  "40null",
  "40[]",
  '40/admin,{"role":"viewer"}',
  '40/__proto__,{"role":"viewer"}',
  '420["join",{"user_id":"7k2m9xqdt4hwb8z7"}]',
  '421["read_log",{"user_id":"7k2m9xqdt4hwb8z7","session_id":"abcdefghijklmnopqrstu","since":0}]',
  '42["constructor"]',
  '42["__proto__",{"__proto__":{"polluted":true}}]',
  "42[]",
  "42{}",
  "42null",
  '42[{"toString":1}]',
  "42[null,null]",
  '42["disconnect"]',
  '42["connect_error",{}]',
  '42["error","x"]',
  "43[]",
  '430[{"ok":true}]',
  "4399999999999999999999[]",
  '451-["stream_instrument_data",{"_placeholder":true,"num":0}]',
  '451-["stream_instrument_data",{"_placeholder":true,"num":-1}]',
  '450-["x",{"_placeholder":true,"num":99}]',
  '45-["x"]',
  '46["x"]',
  `42${"[".repeat(20_000)}`,
  `42["x",${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}]`,
  "41",
  '44{"message":"x"}',
  "47",
  "49",
  "4",
  "",
  "0{}",
  "1",
  "2",
  "2probe",
  "3",
  "5",
  "6",
  "9",
  "\u0000",
  "\uFFFF".repeat(100),
];

/** The message, damaged: bytes flipped, cut out, doubled, or its numbers made strange. */
function mutate(random: Random, message: string): Buffer {
  let bytes = Buffer.from(message);
  for (let times = upTo(random, 4); times > 0; times -= 1) {
    const at = upTo(random, bytes.length + 1);
    const how = upTo(random, 4);
    if (how === 0)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([upTo(random, 256)]), bytes.subarray(at)]);
    else if (how === 1) bytes = bytes.subarray(0, at);
    else if (how === 2) bytes = Buffer.concat([bytes, bytes.subarray(at)]);
    else
      bytes = Buffer.from(
        bytes.toString("latin1").replace(/\d+/, pick(random, ["-1", "1e309", "99999999999"])),
      );
  }
  return bytes;
}

const NOISE: readonly ((random: Random, socket: RawWebSocket) => void)[] = [
  // A message, whole or damaged, as text or as bytes.
  (random, socket) => socket.frame(pick(random, [1, 1, 1, 2]), mutate(random, pick(random, MESSAGES))),
  // A frame of any kind: reserved ones, continuations of nothing, long pings, strange goodbyes.
  (random, socket) => socket.frame(upTo(random, 128), mutate(random, pick(random, MESSAGES))),
  // Without its mask, or never ended.
  (random, socket) =>
    socket.frame(1, Buffer.from(pick(random, MESSAGES)), { fin: random() < 0.5, masked: random() < 0.5 }),
  // No frame at all.
  (random, socket) => socket.bytes(Buffer.from(Array.from({ length: 40 }, () => upTo(random, 256)))),
  // A frame that says that 2⁶³ bytes follow.
  (_random, socket) => socket.bytes(Buffer.from("81ff7fffffffffffffff00000000", "hex")),
];

test("500 broken frames and 150 broken polls: the hub stays up, and others notice nothing", async () => {
  const hub = await startHubProcess();
  const agent = await startRawAgent(hub.url);
  const bystander = await startRawViewer(hub.url);
  await bystander.ask("join", { user_id: agent.userId });
  let disturbed = false;
  for (const { socket } of [agent, bystander])
    (socket as { on(event: "disconnect", note: () => void): void }).on(
      "disconnect",
      () => (disturbed = true),
    );

  const random = seeded(20_260_115);
  for (let round = 0; round < 100; round += 1) {
    const socket = await openRawWebSocket(hub.url);
    if (random() < 0.7) socket.text(pick(random, MESSAGES.slice(0, 2)));
    for (let sent = 0; sent < 5; sent += 1) pick(random, NOISE)(random, socket);
  }
  const polling = "/socket.io/?EIO=4&transport=polling";
  for (let round = 0; round < 50; round += 1) {
    const { sid } = JSON.parse((await ask(hub.url, polling)).text.slice(1)) as { sid: string };
    for (let sent = 0; sent < 3; sent += 1) {
      const body = Array.from({ length: 1 + upTo(random, 5) }, () =>
        mutate(random, pick(random, MESSAGES)).toString(),
      );
      const type = pick(random, ["text/plain", "application/octet-stream", "application/json", ""]);
      const headers = { "content-type": type };
      const path = `${polling}&sid=${pick(random, [sid, sid, sid, "__proto__", ""])}`;
      await ask(hub.url, path, {
        method: pick(random, ["POST", "POST", "PUT"]),
        headers,
        body: body.join("\x1e"),
      });
    }
  }
  for (const path of [
    "/socket.io/",
    "/socket.io/?EIO=3",
    "/socket.io/?transport=__proto__&EIO=4",
    "/socket.io/%00?EIO=4&transport=polling",
  ])
    expect((await ask(hub.url, path)).status).toBeLessThan(500);

  expect(await bystander.request("list_sessions", { user_id: agent.userId })).toMatchObject({ ok: true });
  expect((await ask(hub.url, "/health")).json()).toMatchObject({ status: "ok" });
  expect(disturbed).toBe(false);
  expect(hub.errors()).toEqual([]);
});
