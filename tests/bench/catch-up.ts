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
 * The hub, and the agents that catch up with their viewers, are processes of their own, so that what they do is not
 * in the way of the clock that measures the live ones. "Alone" is measured before and after. Trust the ratio, and look
 * at the load first.
 */

const LIVE_AGENTS = 5;
const LIVE_EVERY_MS = 200;
const ALONE_MS = 10_000;
const OFFERED_AT_ONCE = 500;
/** Estimates count from this share of a catch-up's files on, and while there is as much of it left. */
const JUDGED_FROM = 0.1;
const CONTENTS = Array.from({ length: 100 }, (_, n) => new TextDecoder().decode(simulatedFile(n)));

/** How long a catch-up took, and how far its estimates were off, as shares of what was left. */
interface CaughtUp {
  readonly tookS: number;
  readonly errors: readonly number[];
}

const [, , role, first, second] = process.argv;
if (role === "hub") await serve();
else if (role === "crowd") await crowd(first ?? "", Number(second), Number(process.argv[5]));
else await measure(Number(role ?? 20), Number(first ?? 2_000));

async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const store = await openStore({ redisUrl: config.REDIS_URL, dataDir: config.DATA_DIR, newId: nanoid });
  const common = { config, store, warnings: store.warnings, now: Date.now, newId: nanoid };
  const { app } = await buildHub({ ...common, hubId: "bench", dist: config.DATA_DIR });
  process.on("disconnect", () => process.exit());
  process.send?.(await app.listen({ host: "127.0.0.1", port: 0 }));
}

async function measure(agents: number, files: number): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "benchcast-bench-"));
  const env = { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: "warn" };
  const hub = child(["hub"], env);
  const [url] = (await once(hub, "message")) as [string]; // what `serve` sends
  const live = await Promise.all(Array.from({ length: LIVE_AGENTS }, () => startParty(url)));
  const old = child(["crowd", url, String(agents), String(files)], process.env);
  await once(old, "message");
  await sendLive(live, () => false, 2_000); // warm
  const before = await sendLive(live, () => false, ALONE_MS);
  let over = false;
  const end = once(old, "message").finally(() => {
    over = true;
  });
  old.send("go");
  const beside = await sendLive(live, () => over, Number.POSITIVE_INFINITY);
  const [caughtUp] = (await end) as [CaughtUp[]]; // what `crowd` sends
  await pause(2_000);
  const after = await sendLive(live, () => false, ALONE_MS);
  report({ alone: [...before, ...after], beside, caughtUp, files: agents * files });
  for (const process of [hub, old]) process.kill();
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
}

function child(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return fork(fileURLToPath(import.meta.url), args, { env, execArgv: ["--import", "tsx"] });
}

async function crowd(url: string, agents: number, files: number): Promise<void> {
  process.on("disconnect", () => process.exit());
  const parties = await Promise.all(Array.from({ length: agents }, () => startParty(url)));
  process.send?.("ready");
  await once(process, "message");
  const began = performance.now();
  const all = await Promise.all(
    parties.map(async (party): Promise<CaughtUp> => {
      const estimates = watchEstimates(party, files);
      await catchUp(party, files);
      const endedAt = performance.now();
      const errors = estimates.map(({ at, eta_ms }) => Math.abs(at + eta_ms - endedAt) / (endedAt - at));
      return { tookS: (endedAt - began) / 1_000, errors };
    }),
  );
  process.send?.(all);
}

interface Party {
  readonly agent: Socket;
  readonly viewer: Socket;
  readonly session_id: string;
  sent: number;
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
        const file = fileOf(party.sent++);
        const began = performance.now();
        await send(party, file);
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

/** What the viewer is told between the first tenth and the last: before there is little basis, then little is left. */
function watchEstimates({ viewer }: Party, files: number) {
  const heard: { readonly at: number; readonly eta_ms: number }[] = [];
  viewer.on("task_update", ({ task: { eta_ms, done } }: { task: TaskView }) => {
    const share = done / files;
    if (eta_ms !== null && share >= JUDGED_FROM && share <= 1 - JUDGED_FROM)
      heard.push({ at: performance.now(), eta_ms });
  });
  return heard;
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

function report(seen: { alone: number[]; beside: number[]; caughtUp: CaughtUp[]; files: number }): void {
  const { alone, beside, caughtUp, files } = seen;
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const spread = (values: number[]) =>
    `p50 ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms (${values.length} files)`;
  const ratio = (share: number) => (quantile(beside, share) / quantile(alone, share)).toFixed(2);
  const percent = (share: number, of: number[]) => `${(100 * quantile(of, share)).toFixed(0)} %`;
  const took = caughtUp.map(({ tookS }) => tookS);
  const errors = caughtUp.flatMap((one) => one.errors);
  const loads = loadavg().map((value) => value.toFixed(1));
  say(`load ${loads.join(" ")}`);
  say(`live, alone:  ${spread(alone)}`);
  say(`live, beside: ${spread(beside)}`);
  say(`ratio: p50 ${ratio(0.5)}, p99 ${ratio(0.99)}`);
  const rate = files / Math.max(...took);
  say(
    `${files} old files: first agent through after ${Math.min(...took).toFixed(1)} s, last after ${Math.max(...took).toFixed(1)} s; ${rate.toFixed(0)} files/s`,
  );
  say(
    `estimates: ${errors.length}, off by: median ${percent(0.5, errors)}, p90 ${percent(0.9, errors)}, most ${percent(1, errors)}`,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
