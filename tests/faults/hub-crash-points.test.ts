import { cp } from "node:fs/promises";
import { test } from "vitest";
import { type Store, StoreUnavailable } from "../../server/store/port.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import type { WrittenContent } from "../support/instrument.ts";
import { announcement, newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { checkHistory, type Verdict } from "./checker.ts";
import type { AckSeen } from "./history.ts";
import { scenario, shortOrLong, together } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";

/*
 * The hub dies at its n-th word to the store, for every n of a run: before the store heard it, or after the store
 * did it and before the hub heard the answer. It starts again on the same data, and the agent goes on.
 */

const FILES = shortOrLong(10, 50);
/** In the short form every so many words, beginning at a random one. */
const STRIDE = shortOrLong(3, 1);
const CONTENTS = new Map(
  Array.from({ length: FILES }, (_, index) => [
    `swv_${index + 1}.txt`,
    simulatedFile(index + 1, { electrodes: 1, step_v: 0.01 }),
  ]),
);
const WRITTEN = new Map<string, readonly WrittenContent[]>(
  [...CONTENTS].map(([name, content]) => [name, [{ ...announcement(content), finishedMs: 0 }]]),
);
const IN_FLIGHT = 4;
const KEY = newAgentKey();
const LONG_MS = 1_800_000;
const DEATHS = ["before the store hears it", "before the hub hears of it"] as const;

type Death = (typeof DEATHS)[number];

/** A store to which the n-th word is the hub's last. */
function mortal(store: Store, lastWord: number, death: Death) {
  let words = 0;
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const speak = async (does: () => unknown) => {
    words += 1;
    if (words > lastWord) throw new StoreUnavailable("the hub is dead");
    if (words < lastWord) return does();
    if (death === "before the hub hears of it") await does();
    die();
    throw new StoreUnavailable("the hub dies");
  };
  const wrapped = new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...given: unknown[]) => unknown; // the port has methods only
      if (name === "problem" || name === "close") return method.bind(target);
      return (...given: unknown[]) => speak(() => method.apply(target, given));
    },
  });
  return { wrapped, died, isDead: () => words >= lastWord };
}

/** Connects, offers the whole folder and sends what is wanted, as agents do. Rejects when the hub does not answer. */
async function deliver(url: string, acknowledged: AckSeen[]): Promise<void> {
  const agent = await startRawAgent(url, { key: KEY, instance: "process-1" });
  const { session_id } = agent.filters[0] ?? (await agent.nextFilters());
  const files = [...CONTENTS].map(([name, content]) => ({ name, ...announcement(content) }));
  const offer = await agent.socket.emitWithAck("offer_files", { session_id, files });
  if (!offer.ok) throw new Error(offer.error.code);
  const wanted = offer.value.wanted.values();
  const send = async () => {
    for (const { name } of wanted) {
      const ack = await agent.send(session_id, name, CONTENTS.get(name) ?? new Uint8Array());
      if (!ack.ok) throw new Error(ack.error.code);
      if (!("offset" in ack.value)) throw new Error(ack.value.outcome);
      const { epoch, offset, revision } = ack.value;
      const { sha256 } = announcement(CONTENTS.get(name) ?? new Uint8Array());
      acknowledged.push({ name, sha256, epoch, offset, revision });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, send));
}

/** A data directory with a running session in it, to copy for every run. */
async function prepared(): Promise<{ template: string; session_id: string }> {
  const template = await temporaryFolder();
  const hub = await startHub({ dataDir: template });
  const agent = await startRawAgent(hub.url, { key: KEY, instance: "process-1" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const start = { user_id, filters: { pattern: "swv_{n}.txt" }, analysisParams: {} };
  const { session } = await viewer.ask("start_analysis_session", start);
  await hub.close();
  return { template, session_id: session.session_id };
}

/** @returns what is there at the end; null when the hub did not get as far as its n-th word */
async function dieAt(
  template: string,
  sessionId: string,
  lastWord: number,
  death: Death,
): Promise<Verdict | null> {
  const dataDir = await temporaryFolder();
  await cp(template, dataDir, { recursive: true });
  const acknowledged: AckSeen[] = [];
  let store: ReturnType<typeof mortal> | undefined;
  const wrapStore = (opened: Store) => {
    store = mortal(opened, lastWord, death);
    return store.wrapped;
  };
  const options = { dataDir, env: { LOG_LEVEL: "fatal" } };
  const first = await startHub({ ...options, wrapStore }).catch(() => null);
  if (first !== null) {
    const delivery = deliver(first.url, acknowledged).catch(() => undefined);
    await Promise.race([delivery, store?.died]);
    await first.close();
  }
  await store?.wrapped.close();
  if (store?.isDead() !== true) return null;
  const second = await startHub(options);
  await deliver(second.url, acknowledged);
  const verdict = await judge(second, sessionId, acknowledged);
  await second.close();
  return {
    ...verdict,
    violations: verdict.violations.map((text) => `death at word ${lastWord}, ${death}: ${text}`),
  };
}

async function judge({ hub }: TestHub, sessionId: string, acks: readonly AckSeen[]): Promise<Verdict> {
  const [peer] = hub.peers.all();
  const log = await readStoredLog(hub.store, `${peer?.registration.tag}/${sessionId}`);
  const verdict = checkHistory({ written: WRITTEN, acks, log, viewers: [] });
  const map = [...(await hub.store.listRecords("agent_user_mapping")).values()];
  const [where, ...others] = map.map((text): { agent_sid: string } => JSON.parse(text));
  const isTrue = where?.agent_sid === peer?.socket.id && others.length === 0;
  return isTrue
    ? verdict
    : {
        ...verdict,
        violations: [...verdict.violations, "agent_user_mapping does not say where the agent is"],
      };
}

test(
  "[I1] [I3] a hub that dies at any of its words to the store loses nothing and doubles nothing",
  { timeout: LONG_MS },
  () =>
    scenario("crash at every call of the hub to its store", async (random) => {
      const { template, session_id } = await prepared();
      const verdicts: Verdict[] = [];
      for (const death of DEATHS) {
        for (let word = 1 + Math.floor(random.uniform() * STRIDE); ; word += STRIDE) {
          const verdict = await dieAt(template, session_id, word, death);
          if (verdict === null) break;
          verdicts.push(verdict);
        }
      }
      // Every file is a word at least.
      const few = verdicts.length * STRIDE < 2 * FILES ? ["the hub was not killed often enough"] : [];
      const verdict = together(verdicts);
      return {
        ...verdict,
        violations: [...verdict.violations, ...few],
        stalenessMs: null,
        rounds: `${verdicts.length} crash points, ${FILES} files each`,
      };
    }),
);
