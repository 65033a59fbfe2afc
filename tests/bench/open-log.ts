import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nanoid } from "nanoid";
import { io, type Socket } from "socket.io-client";
import { buildHub } from "../../server/app.ts";
import { readConfig } from "../../server/config.ts";
import { userIdFromKey } from "../../server/sessions/user-tag.ts";
import { openStore } from "../../server/store/open-store.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { EntryTable, ResultTable } from "../../shared/protocol/log-tables.ts";
import type { LogPart } from "../../shared/protocol/viewer-events.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startRedis } from "../support/redis-server.ts";

/*
 * P9: what opening a long session costs the hub and the line. P6: whether a file costs more late in a session
 * than early. By hand:
 *
 *   node --import tsx tests/bench/open-log.ts [entries, 20000] [file | redis]
 *
 * The hub is a process of its own; agent and viewer speak to it over loopback. CPU is the hub's own, user and
 * system. Trust the ratios, and look at the load first.
 */

/** Contents that are sent in turn; every file gets bytes of its own on top. */
const CONTENTS = Array.from({ length: 100 }, (_, n) => new TextDecoder().decode(simulatedFile(n)));
const IN_FLIGHT = 8;
const JOIN_AGAIN_MS = 50;
const OPENINGS = 9;
/** P6: files that a session has when it is early, and how many files are then compared, how often. */
const EARLY = 100;
const WINDOW = 500;
const ROUNDS = 6;
const BYTES_TARGET = 0.35;
const OPEN_TARGET_MS = 50;
const LATE_TARGET = 1.1;

const AGENT = { instance: nanoid(), name: "bench", version: "0", os: "test", folder: "scans" };

if (process.argv[2] === "hub") await serve();
else {
  await measure(Number(process.argv[2] ?? 20_000), process.argv[3] ?? "file");
  process.exit(0);
}

/** The hub's side: answers every message with the CPU time that it has used so far, in ms. */
async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const store = await openStore({ redisUrl: config.REDIS_URL, dataDir: config.DATA_DIR, newId: nanoid });
  const { warnings } = store;
  const common = { config, store, warnings, now: Date.now, newId: nanoid };
  const options = { ...common, hubId: "bench", dist: config.DATA_DIR };
  const { app } = await buildHub(options);
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1_000);
  });
  process.on("disconnect", () => process.exit());
  process.on("SIGTERM", () => void app.close().then(() => process.exit(0)));
  process.send?.(url);
}

async function measure(entries: number, kind: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "benchcast-bench-"));
  const redis = kind === "redis" ? await startRedis() : null;
  const env = { DATA_DIR: directory, PORT: "0", LOG_LEVEL: "error", ...(redis && { REDIS_URL: redis.url }) };
  try {
    say(`${entries} entries, store: ${kind}, load ${loadavg().map((load) => load.toFixed(1))}`);
    let hub = await startHub(env);
    const { key, user_id, session_id } = await fill(hub, entries);
    await openLog(hub, user_id, session_id, "right after");
    await hub.end();
    hub = await startHub(env);
    await connect(hub.url, { role: "agent", agent_key: key, ...AGENT });
    await openLog(hub, user_id, session_id, "after a restart");
    await hub.end();
  } finally {
    await redis?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface BenchHub {
  readonly url: string;
  /** CPU that the hub uses while `what` runs, in ms. */
  cpuOf(what: () => Promise<void>): Promise<number>;
  end(): Promise<void>;
}

async function startHub(env: Record<string, string>): Promise<BenchHub> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ["hub"], {
    env: { ...process.env, ...env },
    execArgv: ["--import", "tsx"],
  });
  const ended = once(child, "exit").then(() => {
    throw new Error("The hub ended.");
  });
  ended.catch(() => undefined);
  const answer = async () => (await Promise.race([once(child, "message"), ended]))[0];
  const cpuMs = async () => {
    child.send("cpu");
    return Number(await answer());
  };
  const url = String(await answer());
  return {
    url,
    cpuOf: async (what) => {
      const before = await cpuMs();
      await what();
      return (await cpuMs()) - before;
    },
    end: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Fills one session through the agent's door while a viewer watches, and prints P6. */
async function fill(hub: BenchHub, entries: number) {
  const key = nanoid(43);
  const agent = await connect(hub.url, { role: "agent", agent_key: key, ...AGENT });
  agent.on("set_filters", (_message, ack) => ack({ ok: true, value: { matching: 0 } }));
  const user_id = userIdFromKey(key);
  const viewer = await connect(hub.url, { role: "viewer" });
  await joined(viewer, user_id);
  const long = await startSeries(agent, viewer, user_id, "long");
  await long.send(entries - ROUNDS * WINDOW);
  // In turns, so that whatever else the machine does falls on both.
  const cost = { early: 0, late: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const short = await startSeries(agent, viewer, user_id, `short${round}`);
    await short.send(EARLY);
    cost.early += await hub.cpuOf(() => short.send(WINDOW));
    cost.late += await hub.cpuOf(() => long.send(WINDOW));
  }
  const perFile = (ms: number) => `${(ms / ROUNDS / WINDOW).toFixed(3)} ms`;
  const costs = `${perFile(cost.early)} at entry ${EARLY}, ${perFile(cost.late)} at entry ${entries}`;
  ratio("P6 hub CPU per file, late : early", cost.late / cost.early, LATE_TARGET, costs);
  viewer.disconnect();
  agent.disconnect();
  return { key, user_id, session_id: long.session_id };
}

/** A running session, and how its next files are sent: a few at a time, each with bytes of its own. */
async function startSeries(agent: Socket, viewer: Socket, user_id: string, name: string) {
  const filters = { pattern: `${name}_{n}.txt` };
  const started = await ask(viewer, "start_analysis_session", { user_id, filters, analysisParams: {} });
  const { session_id } = (started as { session: { session_id: string } }).session; // as StartReply says
  let next = 0;
  const sendOne = async (n: number) => {
    const content = Buffer.from(
      (CONTENTS[n % CONTENTS.length] ?? "").replace("Note: ", `Note: ${name} ${n}`),
    );
    await ask(agent, "stream_instrument_data", {
      session_id,
      filename: `${name}_${n}.txt`,
      sha256: createHash("sha256").update(content).digest("hex"),
      size: content.length,
      mtime_ms: 1_700_000_000_000 + n * 10_000,
      from: 0,
      content,
    });
  };
  const send = async (count: number) => {
    const end = next + count;
    const sendSome = async () => {
      while (next < end) await sendOne(next++);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, sendSome));
  };
  return { session_id, send };
}

/** Opens the session as a viewer does, page by page, several times, and prints P9. */
async function openLog(hub: BenchHub, user_id: string, session_id: string, when: string): Promise<void> {
  const costs: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening++) {
    const viewer = await connect(hub.url, { role: "viewer" });
    await ask(viewer, "join", { user_id });
    const receivedBefore = bytesReceived(viewer);
    let pages: LogPart[] = [];
    const read = async () => {
      pages = await readPages(viewer, user_id, session_id);
    };
    costs.push(await hub.cpuOf(read));
    const received = bytesReceived(viewer) - receivedBefore;
    viewer.disconnect();
    if (opening > 0) continue;
    const json = pages.reduce((sum, page) => sum + asJson(page).length, 0);
    const sizes = `${(received / 1e6).toFixed(2)} MB received, ${(json / 1e6).toFixed(2)} MB as JSON`;
    ratio(`P9 bytes of opening, ${when}`, received / json, BYTES_TARGET, sizes);
  }
  const median = costs.toSorted((a, b) => a - b)[costs.length >> 1] ?? Number.NaN;
  const all = `first ${costs[0]?.toFixed(1)} ms, median ${median.toFixed(1)} ms`;
  ratio(
    `P9 hub CPU of opening, ${when}, first : ${OPEN_TARGET_MS} ms`,
    (costs[0] ?? 0) / OPEN_TARGET_MS,
    1,
    all,
  );
}

async function readPages(viewer: Socket, user_id: string, session_id: string): Promise<LogPart[]> {
  const pages: LogPart[] = [];
  for (let since = 0; ; ) {
    const page = (await ask(viewer, "read_log", { user_id, session_id, since })) as LogPart; // the reply's schema
    pages.push(page);
    since = page.next;
    if (since >= page.head) return pages;
  }
}

/** The same page as a JSON API would give it: objects with names, all digits. */
function asJson({ names, entries, results, notes }: LogPart): string {
  return JSON.stringify({
    names,
    notes,
    entries: EntryTable.read(entries),
    results: ResultTable.read(results),
  });
}

async function connect(url: string, auth: object): Promise<Socket> {
  const socket = io(url, {
    auth: { protocol: PROTOCOL_VERSION, ...auth },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.on("connect", resolve);
    socket.on("connect_error", reject);
  });
  return socket;
}

/** An agent that has just connected is known once it is registered. */
async function joined(viewer: Socket, user_id: string): Promise<void> {
  while (!((await viewer.emitWithAck("join", { user_id })) as Ack<unknown>).ok) await pause(JOIN_AGAIN_MS);
}

async function ask(socket: Socket, event: string, payload: object): Promise<unknown> {
  const ack = (await socket.emitWithAck(event, payload)) as Ack<unknown>; // every request is answered so
  if (!ack.ok) throw new Error(`${event}: ${ack.error.message}`);
  return ack.value;
}

/** Bytes on the wire, frames included. */
function bytesReceived(socket: Socket): number {
  // WebSocket transport of engine.io over ws over a TCP socket: not in the typings.
  const { transport } = socket.io.engine as unknown as {
    transport: { ws: { _socket: { bytesRead: number } } };
  };
  return transport.ws._socket.bytesRead;
}

function ratio(what: string, value: number, target: number, detail: string): void {
  const verdict = value <= target ? "met" : "MISSED";
  say(`${what}: ${value.toFixed(3)} (target ${target}, ${verdict}; ${detail})`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
