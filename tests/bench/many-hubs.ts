import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { RedisLine } from "../../server/fleet/redis-line.ts";
import { startRedis } from "../support/redis-server.ts";

/**
 * What it costs to cross from one hub to another: `node --import tsx tests/bench/many-hubs.ts`. One publisher, one
 * viewer on the second server, a third server whose viewers are of somebody else; a push of 20 KB, one after the
 * other. All in one process, so that only ratios mean something.
 */

const PUSHES = 1_000;
const WARM_UP = 200;
const BYTES = 20_480;
const ROOM = "viewers:aaaaaaaaaaaaaaaaaaaaaa";
const STRANGE_ROOM = "viewers:bbbbbbbbbbbbbbbbbbbbbb";

type Rooms = ConstructorParameters<typeof Server>[1] extends infer Options | undefined
  ? Options extends { adapter?: infer Adapter }
    ? Adapter
    : never
  : never;

interface Kind {
  readonly name: string;
  open(url: string): Promise<{ rooms: Rooms; received(): number; close(): Promise<unknown> }>;
}

const KINDS: readonly Kind[] = [
  { name: "bare adapter, classic", open: (url) => bare(url, createAdapter) },
  { name: "bare adapter, sharded", open: (url) => bare(url, createShardedAdapter) },
  {
    name: "the hubs' own line",
    open: async (url) => {
      const line = await RedisLine.open(url, () => undefined);
      return { rooms: line.rooms, received: () => line.receivedBytes, close: () => line.close() };
    },
  },
];

async function bare(url: string, make: typeof createAdapter | typeof createShardedAdapter) {
  const publisher = new Redis(url);
  const subscriber = new Redis(url, { enableReadyCheck: false, maxRetriesPerRequest: null });
  await Promise.all([publisher.ping(), new Promise((resolve) => subscriber.once("ready", resolve))]);
  const close = async () => {
    publisher.disconnect();
    subscriber.disconnect();
  };
  const received = () => subscriber.stream.bytesRead;
  return { rooms: make(publisher, subscriber) as Rooms, received, close };
}

interface Cost {
  readonly p50_ms: number;
  /** What reached the server without viewers of the room, a push. */
  readonly strayBytes: number;
  /** Of all three servers and both viewers together, a push. */
  readonly cpu_ms: number;
}

async function measure({ open }: Kind): Promise<Cost> {
  const redis = await startRedis({ args: ["--appendonly", "no"] });
  const parts = await Promise.all([1, 2, 3].map(() => open(redis.url)));
  const servers = parts.map(({ rooms }) => new Server({ adapter: rooms, perMessageDeflate: false }));
  const [first, second, third] = servers;
  if (!first || !second || !third) throw new Error("There are three.");
  third.on("connection", (socket) => void socket.join(STRANGE_ROOM));
  second.on("connection", (socket) => void socket.join(ROOM));
  for (const server of servers) server.listen(0);
  const clients = [second, third].map((server) => {
    const { port } = server.httpServer.address() as { port: number }; // it listens on a port
    return io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
  });
  await Promise.all(
    clients.map((client) => new Promise((resolve) => client.once("connect", () => resolve(null)))),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const [viewer] = clients;
  const body = Buffer.alloc(BYTES, 7);
  const ways_ms: number[] = [];
  let strayFrom = 0;
  let cpuFrom = process.cpuUsage();
  for (let push = 0; push < WARM_UP + PUSHES; push += 1) {
    if (push === WARM_UP) {
      strayFrom = parts[2]?.received() ?? 0;
      cpuFrom = process.cpuUsage();
    }
    const from = performance.now();
    const arrived = new Promise((resolve) => viewer?.once("update", resolve));
    first.to(ROOM).emit("update", body);
    await arrived;
    if (push >= WARM_UP) ways_ms.push(performance.now() - from);
  }
  const { user, system } = process.cpuUsage(cpuFrom);
  const stray = (parts[2]?.received() ?? 0) - strayFrom;
  for (const client of clients) client.disconnect();
  // The bare adapters unsubscribe without anybody catching what goes wrong with that.
  for (const server of servers) void server.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all(parts.map(({ close }) => close()));
  await redis.stop();
  const p50_ms = ways_ms.sort((a, b) => a - b)[PUSHES / 2] ?? Number.NaN;
  return { p50_ms, strayBytes: stray / PUSHES, cpu_ms: (user + system) / 1_000 / PUSHES };
}

const results = new Map<string, Awaited<ReturnType<typeof measure>>>();
for (const kind of KINDS) {
  const result = await measure(kind);
  results.set(kind.name, result);
  process.stdout.write(
    `${kind.name}: p50 ${result.p50_ms.toFixed(3)} ms; a server without its viewers got ${result.strayBytes.toFixed(0)} bytes a push; ${result.cpu_ms.toFixed(2)} ms of CPU a push\n`,
  );
}
const [classic, sharded, own] = [...results.values()].map(({ p50_ms }) => p50_ms);
if (classic && sharded && own)
  process.stdout.write(
    `sharded / classic ${(sharded / classic).toFixed(2)}; own / bare sharded ${(own / sharded).toFixed(2)} (P7: at most 1.3)\n`,
  );
process.exit(0);
