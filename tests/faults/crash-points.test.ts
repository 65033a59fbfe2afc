import { createHash } from "node:crypto";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { loadIdentity } from "../../agent/identity.ts";
import { Random } from "../../agent/random.ts";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import type { WrittenContent } from "../support/instrument.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { checkHistory, type Verdict } from "./checker.ts";
import { type LifeEnded, live } from "./mortal-agent.ts";
import { Rounds } from "./rounds.ts";
import { scenario, shortOrLong, together } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";

const FILES = shortOrLong(20, 50);
/** In the short form every so many calls, beginning at a random one. */
const STRIDE = shortOrLong(4, 1);
const AT_ONCE = 3;
const CONTENTS = Array.from({ length: FILES + 1 }, (_, n) =>
  simulatedFile(n, { electrodes: 1, step_v: 0.01 }),
);

test(
  "[I1] [D3] the agent dies at any call to folder or network, and another goes on",
  { timeout: 3_600_000 },
  () =>
    scenario("crash at every call of the agent", async (random) => {
      const hub = await startHub();
      const whole = await dieAt(hub, Number.POSITIVE_INFINITY, new Random(1));
      const points: number[] = [];
      for (let n = 1 + Math.floor(random.uniform() * STRIDE); n <= whole.calls; n += STRIDE) points.push(n);
      const verdicts: Verdict[] = [whole.verdict];
      const seeds = points.map(() => Math.floor(random.uniform() * 2 ** 32));
      const rounds = new Rounds(points.length);
      const left = rounds[Symbol.iterator]();
      const worker = async () => {
        for (const index of left) {
          const calls = points[index] ?? 0;
          const { verdict } = await dieAt(hub, calls, new Random(seeds[index] ?? 0));
          verdicts.push({
            ...verdict,
            violations: verdict.violations.map((text) => `death at call ${calls}: ${text}`),
          });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      const note = `a life without a crash makes ${whole.calls} calls (folder and network together)`;
      return {
        ...together(verdicts),
        stalenessMs: null,
        rounds: `${rounds} crash points, ${FILES} files each`,
        note,
      };
    }),
);

/** One agent that dies at a call, then another with what the first left behind. */
async function dieAt(
  hub: TestHub,
  calls: number,
  random: Random,
): Promise<{ verdict: Verdict; calls: number }> {
  const base = await temporaryFolder();
  const [folder, configFolder, remains] = [join(base, "scans"), join(base, "config"), join(base, "remains")];
  await mkdir(folder);
  const written = new Map<string, WrittenContent[]>();
  for (let n = 1; n <= FILES; n++) await save(folder, written, n, CONTENTS[n]);
  const { agentKey, userId } = loadIdentity(configFolder);
  const sessionId = await startSession(hub.url, agentKey, userId);
  const life = { hubUrl: hub.url, folder, files: FILES, random };
  const lives: LifeEnded[] = [await live({ ...life, configFolder, remains, calls })];
  if (lives[0]?.died) {
    // While nobody looks, one file gets another content of the same size.
    await save(folder, written, 1 + Math.floor(random.uniform() * FILES), CONTENTS[0]);
    const after = { configFolder: remains, remains: join(base, "unused"), calls: Number.POSITIVE_INFINITY };
    lives.push(await live({ ...life, ...after }));
  }
  const log = await readStoredLog(hub.hub.store, logKey(userTag(userId), sessionId));
  const acks = lives.flatMap((one) => one.acks.acks);
  return { verdict: checkHistory({ written, acks, log, viewers: [] }), calls: lives[0]?.calls ?? 0 };
}

/** Before the first life, so that it finds a running session: the key's agent was there for a moment. */
async function startSession(hubUrl: string, key: string, user_id: string): Promise<string> {
  const agent = await startRawAgent(hubUrl, { key });
  const viewer = await startRawViewer(hubUrl);
  await viewer.ask("join", { user_id });
  const filters = { pattern: "scan_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  agent.socket.disconnect();
  viewer.socket.disconnect();
  return session.session_id;
}

async function save(
  folder: string,
  written: Map<string, WrittenContent[]>,
  n: number,
  content: Uint8Array = new Uint8Array(),
) {
  const name = `scan_${n}.txt`;
  await writeFile(join(folder, name), content);
  const { mtimeMs } = await stat(join(folder, name));
  const contents = written.get(name) ?? [];
  const sha256 = createHash("sha256").update(content).digest("hex");
  written.set(name, [
    ...contents,
    { sha256, size: content.length, mtime_ms: Math.floor(mtimeMs), finishedMs: 0 },
  ]);
}
