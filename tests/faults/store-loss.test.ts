import { nanoid } from "nanoid";
import { io } from "socket.io-client";
import { onTestFinished, test } from "vitest";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { Rounds, strikeRounds } from "./rounds.ts";
import { scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const ROUNDS = shortOrLong(1, 20);
const FILES = shortOrLong(300, 10_000);
/** [I5] with 10,000 files. */
const STATED_MS = 60_000;

test("[R3] [I5] a Redis that is emptied while everybody works", { timeout: 3_600_000 }, () =>
  scenario("Redis emptied (FLUSHALL)", async (random) => {
    const scene = await Scene.start(random, { store: "redis", filesAtStart: FILES });
    const { userId } = scene.party.agent;
    await scene.converged();
    const before = await scene.party.session();
    const impostors: Promise<string | null>[] = [];
    const rounds = new Rounds(ROUNDS);
    const returns = await strikeRounds(scene, rounds, random, {
      strike: async () => {
        await scene.redis.cli("FLUSHALL");
        impostors.push(poseByWords(scene.hub.url, userId), poseByMemory(scene.hub.url, before));
      },
      heal: () => {},
      lastsMs: () => random.uniform() * 2_000,
      statedMs: STATED_MS,
    });
    const after = await scene.party.session();
    const taken = (await Promise.all(impostors)).filter((got) => got === userId);
    // What was acknowledged before is gone by definition; what counts is that the folders brought it back.
    const verdict = await scene.judge({ epochMayChange: true });
    const violations = [
      ...verdict.violations,
      ...returns.brokenOver(STATED_MS),
      ...taken.map(() => "[I12] somebody without its key took the User ID over"),
      ...(settings(after) === settings(before)
        ? []
        : [`the session came back as ${settings(after)}, not ${settings(before)}`]),
    ];
    const note =
      `${returns.told(STATED_MS)}, with filters and parameters; ` +
      `${impostors.length} tries to take the User ID over meanwhile, none succeeded`;
    return { ...verdict, violations, rounds: `${rounds}, ${FILES.toLocaleString("en-US")} files`, note };
  }),
);

/** Everything of a session that does not change by itself. */
function settings({ epoch: _epoch, head: _head, ...kept }: SessionSummary): string {
  return JSON.stringify(Object.entries(kept).sort());
}

/** An agent that says the User ID instead of proving it. @returns the ID that it was given */
function poseByWords(url: string, user_id: string): Promise<string | null> {
  const auth = { role: "agent", protocol: PROTOCOL_VERSION, user_id, instance: nanoid(), name: "other" };
  const options = {
    auth,
    query: { user_id },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  };
  const socket = io(url, options);
  onTestFinished(() => void socket.disconnect());
  return new Promise((resolve) => {
    socket.on("registered", (said: { user_id: string }) => resolve(said.user_id));
    socket.on("connect_error", () => resolve(null));
    socket.on("disconnect", () => resolve(null));
  });
}

/** An agent with a key of its own that carries all there is to know of the session. @returns the ID that it was given */
async function poseByMemory(url: string, { epoch, head, ...record }: SessionSummary): Promise<string | null> {
  const descriptor = JSON.stringify({
    store_id: "elsewhere",
    record,
    positions: [{ epoch, head: 1_000_000 }],
  });
  const carried = { session_id: record.session_id, descriptor, epoch, head: head + 1 };
  const agent = await startRawAgent(url, { sessions: [carried] }).catch(() => null);
  return agent?.userId ?? null;
}
