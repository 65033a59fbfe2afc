import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nanoid } from "nanoid";
import { io, type Socket } from "socket.io-client";
import { userIdFromKey } from "../../server/sessions/user-tag.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import { simulatedFile } from "../support/fixtures.ts";

/*
 * Does a re-analysis hold up live files? By hand:
 *
 *   node --import tsx tests/bench/reanalysis.ts [files, 10000]
 *
 * One session gets so many files and is analysed anew, while another session of the same agent gets a file every
 * 50 ms, each acknowledged when it is durable. Trust the ratio of the two lines, and look at the load first.
 */

const count = Number(process.argv[2] ?? 10_000);
const EVERY_MS = 50;
const IN_FLIGHT = 8;
const CONTENTS = Array.from({ length: 50 }, (_, n) => new TextDecoder().decode(simulatedFile(n)));

const dataDir = mkdtempSync(join(tmpdir(), "benchcast-bench-"));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const hub = await startHub();
try {
  await measure();
} finally {
  hub.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

async function startHub(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", "server/main.ts"], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { ...process.env, HOST: "127.0.0.1", PORT: String(port), DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"hub ready"')) break;
  child.stdout.resume();
  return child;
}

async function measure(): Promise<void> {
  const agent_key = nanoid(43);
  const about = { instance: nanoid(), name: "bench", version: "0", os: "test", folder: "scans" };
  const agent = connect({ role: "agent", protocol: PROTOCOL_VERSION, agent_key, ...about });
  agent.on("set_filters", (_message, ack) => ack({ ok: true, value: { matching: 0 } }));
  await new Promise((resolve) => agent.on("registered", resolve));
  const viewer = connect({ role: "viewer", protocol: PROTOCOL_VERSION });
  const user_id = userIdFromKey(agent_key);
  await ask(viewer, "join", { user_id });
  const start = async (pattern: string) => {
    const filters = { pattern };
    const analysisParams = { direction: "up", sg_points: 15 };
    const started = await ask(viewer, "start_analysis_session", { user_id, filters, analysisParams });
    return (started as { session: { session_id: string } }).session.session_id;
  };
  const old = await start("old_{n}.txt");
  const live = await start("live_{n}.txt");
  for (let n = 0; n < count; n += IN_FLIGHT)
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, (_, i) => send(agent, old, `old_${n + i}.txt`, n + i)),
    );
  print(`load ${loadavg()[0]?.toFixed(1)}, ${count} files`);
  let stop = false;
  const before = sendLive(agent, live, 0, () => stop);
  await pause(10_000);
  stop = true;
  print(`alone:           ${spread(await before)}`);
  const analysisParams = { direction: "up", sg_points: 31 };
  const asked = await ask(viewer, "update_analysis_params", { user_id, session_id: old, analysisParams });
  const { task_id } = (asked as { task: TaskView }).task;
  stop = false;
  const during = sendLive(agent, live, 1_000_000, () => stop);
  const began = performance.now();
  for (let ended = false; !ended; await pause(100)) {
    const { tasks } = (await ask(viewer, "list_tasks", { user_id })) as { tasks: TaskView[] };
    ended = tasks.some((task) => task.task_id === task_id && task.ended_at_ms !== null);
  }
  const took = performance.now() - began;
  stop = true;
  print(`with re-analysis: ${spread(await during)}`);
  print(`re-analysis: ${(took / 1000).toFixed(1)} s, ${(took / count).toFixed(2)} ms a file`);
}

async function sendLive(
  agent: Socket,
  session: string,
  from: number,
  isOver: () => boolean,
): Promise<number[]> {
  const waits: number[] = [];
  for (let n = from; !isOver(); n++) {
    const began = performance.now();
    await send(agent, session, `live_${n}.txt`, n);
    const wait = performance.now() - began;
    waits.push(wait);
    await pause(Math.max(0, EVERY_MS - wait));
  }
  return waits;
}

function send(agent: Socket, session_id: string, filename: string, n: number): Promise<unknown> {
  const content = Buffer.from((CONTENTS[n % CONTENTS.length] ?? "").replace(/\r\n/, ` ${n}\r\n`));
  const sha256 = createHash("sha256").update(content).digest("hex");
  const file = { session_id, filename, sha256, size: content.length, mtime_ms: 1, from: 0, content };
  return ask(agent, "stream_instrument_data", file);
}

function connect(auth: object): Socket {
  return io(`http://127.0.0.1:${port}`, { auth, transports: ["websocket"], reconnection: false });
}

async function ask(socket: Socket, event: string, payload: object): Promise<unknown> {
  const ack: Ack<unknown> = await socket.emitWithAck(event, payload);
  if (!ack.ok && ack.error.retryable) {
    await pause(50);
    return ask(socket, event, payload);
  }
  if (!ack.ok) throw new Error(`${event}: ${ack.error.message}`);
  return ack.value;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, largest ${at(1)} ms (${values.length} files)`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
