import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
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

/** Different contents that are sent; every file gets bytes of its own on top. */
const CONTENTS = 100;
const IN_FLIGHT = 8;
const OPENINGS = 5;
/** Files over which P6 averages: CPU time is counted in steps, and SQLite works in batches. */
const WINDOW = 2_000;
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
  const options = { config, store, hubId: "bench", dist: config.DATA_DIR, now: Date.now, newId: nanoid };
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
  cpuMs(): Promise<number>;
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
  const url = String(await answer());
  return {
    url,
    cpuMs: async () => {
      child.send("cpu");
      return Number(await answer());
    },
    end: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Sends every file through the agent's door while a viewer watches, and prints P6. */
async function fill(hub: BenchHub, entries: number) {
  const key = nanoid(43);
  const agent = await connect(hub.url, { role: "agent", agent_key: key, ...AGENT });
  agent.on("set_filters", (_message, ack) => ack({ ok: true, value: { matching: 0 } }));
  const user_id = userIdFromKey(key);
  const viewer = await connect(hub.url, { role: "viewer" });
  await ask(viewer, "join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const started = await ask(viewer, "start_analysis_session", { user_id, filters, analysisParams: {} });
  const { session_id } = (started as { session: { session_id: string } }).session; // as StartReply says
  const contents = Array.from({ length: CONTENTS }, (_, n) => Buffer.from(simulatedFile(n)).toString());
  const cost = async (from: number, to: number) => {
    const before = await hub.cpuMs();
    await sendAll(agent, session_id, contents, from, to);
    return ((await hub.cpuMs()) - before) / (to - from);
  };
  const window = Math.min(WINDOW, Math.floor(entries / 4));
  await sendAll(agent, session_id, contents, 0, 100);
  const early = await cost(100, 100 + window);
  await sendAll(agent, session_id, contents, 100 + window, entries - window);
  const late = await cost(entries - window, entries);
  const costs = `${early.toFixed(3)} ms at entry 100, ${late.toFixed(3)} ms at entry ${entries}`;
  ratio("P6 hub CPU per file, late : early", late / early, LATE_TARGET, costs);
  viewer.disconnect();
  agent.disconnect();
  return { key, user_id, session_id };
}

/** Sends the files numbered from `from` to `to - 1`, a few at a time, each with bytes of its own. */
async function sendAll(agent: Socket, session_id: string, contents: string[], from: number, to: number) {
  let next = from;
  const sendSome = async () => {
    while (next < to) {
      const n = next++;
      const text = contents[n % CONTENTS] ?? "";
      const content = Buffer.from(text.replace("Note: ", `Note: scan ${n}`));
      await ask(agent, "stream_instrument_data", {
        session_id,
        filename: `swv_${n}.txt`,
        sha256: createHash("sha256").update(content).digest("hex"),
        size: content.length,
        mtime_ms: 1_700_000_000_000 + n * 10_000,
        from: 0,
        content,
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendSome));
}

/** Opens the session as a viewer does, page by page, several times, and prints P9. */
async function openLog(hub: BenchHub, user_id: string, session_id: string, when: string): Promise<void> {
  const costs: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening++) {
    const viewer = await connect(hub.url, { role: "viewer" });
    await ask(viewer, "join", { user_id });
    const cpuBefore = await hub.cpuMs();
    const receivedBefore = bytesReceived(viewer);
    const pages = await readPages(viewer, user_id, session_id);
    costs.push((await hub.cpuMs()) - cpuBefore);
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
