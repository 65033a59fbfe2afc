import { cp } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Store, StoreUnavailable } from "../../server/store/port.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { announcement, newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

/*
 * The hub dies at its n-th word to the store, for every n of a run: before the store heard it, or after the store
 * did it and before the hub heard the answer. It starts again on the same data, and the agent goes on.
 */

const NAMES = Array.from({ length: 20 }, (_, index) => `swv_${index + 1}.txt`);
const CONTENTS = new Map(NAMES.map((name, index) => [name, simulatedFile(index + 1)]));
const IN_FLIGHT = 4;
const KEY = newAgentKey();
const LONG_MS = 600_000;

type Death = "before the store hears it" | "before the hub hears of it";

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

interface Acknowledged {
  readonly name: string;
  readonly offset: number;
}

/** Connects, offers the whole folder and sends what is wanted, as agents do. Rejects when the hub does not answer. */
async function deliver(url: string, acknowledged: Acknowledged[]): Promise<void> {
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
      acknowledged.push({ name, offset: ack.value.offset });
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

/** @returns whether the hub got as far as its n-th word */
async function runOnce(
  template: string,
  sessionId: string,
  lastWord: number,
  death: Death,
): Promise<boolean> {
  const dataDir = await temporaryFolder();
  await cp(template, dataDir, { recursive: true });
  const acknowledged: Acknowledged[] = [];
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
  const second = await startHub(options);
  await deliver(second.url, acknowledged);
  await expectAllOnce(second, sessionId, acknowledged);
  await second.close();
  return store?.isDead() === true;
}

async function expectAllOnce({ hub }: TestHub, sessionId: string, acknowledged: readonly Acknowledged[]) {
  const [peer] = hub.peers.all();
  const log = `${peer?.registration.tag}/${sessionId}` as const;
  const page = await hub.store.readLog(log, { since: 0, limit: 1_000, version: 1 });
  const rows = page?.rows ?? [];
  expect(rows.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted());
  expect(rows.map(({ offset, revision }) => [offset, revision])).toEqual(
    rows.map((_, offset) => [offset, 1]),
  );
  for (const { name, offset } of acknowledged) expect(rows[offset]?.name).toBe(name);
  for (const { name, offset } of rows) {
    const raw = (await hub.store.readRaw(log, offset)) ?? new Uint8Array();
    expect(Buffer.compare(raw, CONTENTS.get(name) ?? new Uint8Array([0])), name).toBe(0);
  }
  const map = await hub.store.listRecords("agent_user_mapping");
  expect([...map.values()].map((text) => JSON.parse(text).agent_sid)).toEqual([peer?.socket.id]);
}

test.each<Death>(["before the store hears it", "before the hub hears of it"])(
  "[I1] [I3] a hub that dies at any of its words to the store, %s, loses nothing and doubles nothing",
  async (death) => {
    const { template, session_id } = await prepared();
    let lastWord = 1;
    while (await runOnce(template, session_id, lastWord, death)) lastWord += 1;
    // Every file is a word at least.
    expect(lastWord).toBeGreaterThan(NAMES.length);
  },
  LONG_MS,
);
