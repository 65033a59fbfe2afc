import { fork } from "node:child_process";
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
import type { Credit, StreamReply } from "../../shared/protocol/agent-events.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import { CREDIT, PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import { simulatedFile } from "../support/fixtures.ts";

/*
 * Whether old files delay live ones: how long a live file of 5 agents takes from its sending to its acknowledgement
 * (it is durable then, and pushed), alone and while 20 other agents catch up on 2,000 files each; and how far the
 * estimates of the catch-ups were off. By hand:
 *
 *   node --import tsx tests/bench/catch-up.ts [agents, 20] [files of each, 2000]
 *
 * The hub is a process of its own, over loopback. Trust the ratio, and look at the load first.
 */

const LIVE_AGENTS = 5;
const LIVE_EVERY_MS = 200;
const ALONE_MS = 10_000;
const OFFERED_AT_ONCE = 500;
const CONTENTS = Array.from({ length: 100 }, (_, n) => new TextDecoder().decode(simulatedFile(n)));

if (process.argv[2] === "hub") await serve();
else {
  await measure(Number(process.argv[2] ?? 20), Number(process.argv[3] ?? 2_000));
  process.exit(0);
}

async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const store = await openStore({ redisUrl: undefined, dataDir: config.DATA_DIR, newId: nanoid });
  const common = { config, store, warnings: store.warnings, now: Date.now, newId: nanoid };
  const { app } = await buildHub({ ...common, hubId: "bench", dist: config.DATA_DIR });
  process.on("disconnect", () => process.exit());
  process.send?.(await app.listen({ host: "127.0.0.1", port: 0 }));
}

async function measure(agents: number, files: number): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "benchcast-bench-"));
  const env = { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: "warn" };
  const hub = fork(fileURLToPath(import.meta.url), ["hub"], { env, execArgv: ["--import", "tsx"] });
  const [url] = (await once(hub, "message")) as [string]; // what `serve` sends
  const live = await Promise.all(Array.from({ length: LIVE_AGENTS }, () => startParty(url)));
  const old = await Promise.all(Array.from({ length: agents }, () => startParty(url)));
  await sendLive(live, () => false, 2_000); // warm
  const alone = await sendLive(live, () => false, ALONE_MS);
  let over = false;
  const estimates: Estimate[] = [];
  for (const party of old) watchEstimates(party, estimates);
  const began = performance.now();
  const caughtUp = Promise.all(old.map((party) => catchUp(party, files))).then(() => {
    over = true;
  });
  const beside = await sendLive(live, () => over, Number.POSITIVE_INFINITY);
  await caughtUp;
  const tookS = (performance.now() - began) / 1_000;
  await pause(2_500);
  report({ alone, beside, estimates, tookS, files: agents * files });
  hub.kill();
  rmSync(dataDir, { recursive: true, force: true });
}

interface Party {
  readonly agent: Socket;
  readonly viewer: Socket;
  readonly session_id: string;
  sent: number;
}

interface Estimate {
  readonly eta_ms: number;
  tookMs: number | null;
}

async function startParty(url: string): Promise<Party> {
  const agent_key = nanoid(43);
  const options = { transports: ["websocket"], reconnection: false, forceNew: true };
  const who = { instance: nanoid(), name: "bench", version: "0", os: "test", folder: "scans" };
  const agent = io(url, {
    ...options,
    auth: { role: "agent", protocol: PROTOCOL_VERSION, agent_key, ...who },
  });
  agent.on("set_filters", (_filters, ack) => ack({ ok: true, value: { matching: 0 } }));
  await new Promise((done) => void agent.on("registered", done));
  const viewer = io(url, { ...options, auth: { role: "viewer", protocol: PROTOCOL_VERSION } });
  const user_id = userIdFromKey(agent_key);
  const ask = async (event: string, payload: object) => {
    const ack: Ack<{ session: { session_id: string } }> = await viewer.emitWithAck(event, {
      user_id,
      ...payload,
    });
    if (!ack.ok) throw new Error(ack.error.message);
    return ack.value;
  };
  await ask("join", {});
  const filters = { pattern: "scan_{n}.txt" };
  const { session } = await ask("start_analysis_session", { filters, analysisParams: {} });
  return { agent, viewer, session_id: session.session_id, sent: 0 };
}

/** @returns ms from sending to acknowledgement, of every live file */
async function sendLive(parties: readonly Party[], over: () => boolean, forMs: number): Promise<number[]> {
  const took: number[] = [];
  const until = performance.now() + forMs;
  await Promise.all(
    parties.map(async (party, n) => {
      await pause((n * LIVE_EVERY_MS) / parties.length);
      while (!over() && performance.now() < until) {
        const began = performance.now();
        await send(party, fileOf(party.sent++));
        took.push(performance.now() - began);
        await pause(LIVE_EVERY_MS);
      }
    }),
  );
  return took;
}

/** As the agent does it: all offers first, then as many files under way as the window holds, one place left free. */
async function catchUp(party: Party, count: number): Promise<void> {
  const files = Array.from({ length: count }, (_, n) => fileOf(100_000 + n));
  for (let at = 0; at < count; at += OFFERED_AT_ONCE) {
    const page = files
      .slice(at, at + OFFERED_AT_ONCE)
      .map(({ filename, size, mtime_ms, sha256 }) => ({ name: filename, size, mtime_ms, sha256 }));
    await party.agent.emitWithAck("offer_files", { session_id: party.session_id, files: page });
  }
  let credit: Credit = CREDIT;
  let underWay = 0;
  let at = 0;
  await new Promise<void>((resolve, reject) => {
    const go = () => {
      while (at < count && underWay < Math.max(1, credit.files - 1)) {
        const file = files[at++];
        if (file === undefined) return;
        underWay += 1;
        send(party, file).then((reply) => {
          credit = reply.credit;
          underWay -= 1;
          if (at === count && underWay === 0) resolve();
          else go();
        }, reject);
      }
    };
    go();
  });
}

function watchEstimates({ viewer }: Party, all: Estimate[]): void {
  const own: (Estimate & { readonly at: number })[] = [];
  viewer.on("task_update", ({ task }: { task: TaskView }) => {
    if (task.eta_ms !== null) {
      const estimate = { eta_ms: task.eta_ms, tookMs: null, at: performance.now() };
      own.push(estimate);
      all.push(estimate);
    }
    if (task.state === "done")
      for (const estimate of own) estimate.tookMs ??= performance.now() - estimate.at;
  });
}

function fileOf(n: number) {
  const content = Buffer.from(`${CONTENTS[n % CONTENTS.length]}\n${" ".repeat(1 + (n % 7))}\n`);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return {
    filename: `scan_${n}.txt`,
    sha256,
    size: content.length,
    mtime_ms: 1_700_000_000_000 + n,
    content,
  };
}

async function send({ agent, session_id }: Party, file: ReturnType<typeof fileOf>): Promise<StreamReply> {
  const ack: Ack<StreamReply> = await agent.emitWithAck("stream_instrument_data", {
    session_id,
    ...file,
    from: 0,
  });
  if (!ack.ok) throw new Error(ack.error.message);
  return ack.value;
}

function report(seen: {
  alone: number[];
  beside: number[];
  estimates: Estimate[];
  tookS: number;
  files: number;
}): void {
  const { alone, beside, estimates, tookS, files } = seen;
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const ms = (values: number[], share: number) => quantile(values, share).toFixed(1);
  say(
    `load ${loadavg()
      .map((value) => value.toFixed(1))
      .join(" ")}`,
  );
  say(`live, alone:       ${alone.length} files, median ${ms(alone, 0.5)} ms, p95 ${ms(alone, 0.95)} ms`);
  say(
    `live, beside ${files} old files: ${beside.length} files, median ${ms(beside, 0.5)} ms, p95 ${ms(beside, 0.95)} ms`,
  );
  say(
    `ratio: median ${(quantile(beside, 0.5) / quantile(alone, 0.5)).toFixed(2)}, p95 ${(quantile(beside, 0.95) / quantile(alone, 0.95)).toFixed(2)}`,
  );
  say(`caught up in ${tookS.toFixed(1)} s: ${(files / tookS).toFixed(0)} files/s`);
  const errors = estimates.flatMap(({ eta_ms, tookMs }) =>
    tookMs === null || tookMs < 1_000 ? [] : [Math.abs(eta_ms - tookMs) / tookMs],
  );
  say(
    `estimates: ${errors.length}, error median ${(100 * quantile(errors, 0.5)).toFixed(0)} %, p90 ${(100 * quantile(errors, 0.9)).toFixed(0)} %`,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
