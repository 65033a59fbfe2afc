import { describe, expect, it } from "vitest";
import { describeSession, type KnownSession, readCarried } from "../../../server/sessions/descriptor.ts";
import { logKey, SessionBook } from "../../../server/sessions/session-book.ts";
import { SessionRecovery } from "../../../server/sessions/session-recovery.ts";
import { MAX_RUNNING_SESSIONS } from "../../../shared/protocol/limits.ts";
import { HullPulseParams } from "../../../shared/protocol/pulse-params.ts";
import { embeddedStore } from "./embedded-store.ts";
import { sessionRecord, TAG } from "./session-record.ts";

const RECORD = sessionRecord();
const KEY = logKey(TAG, RECORD.session_id);
const HERE = "this store";
const ELSEWHERE = "another store";

function known(store_id: string, ...positions: KnownSession["positions"]): KnownSession {
  return { store_id, record: RECORD, positions };
}

async function scene() {
  const store = await embeddedStore();
  const book = new SessionBook(store);
  let ids = 0;
  const recovery = new SessionRecovery({ store, book, newId: () => `new-${++ids}` });
  const recover = async (session: KnownSession) => (await recovery.recover(TAG, session, HERE)).kind;
  const append = (...names: string[]) =>
    store.append(
      KEY,
      null,
      names.map((name) => ({ name, sha256: name, entry: new Uint8Array(), results: [], raw: null })),
    );
  const epoch = async () => (await store.heads([KEY]))[0]?.epoch;
  return { store, book, recover, append, epoch };
}

describe("a session that somebody knows", () => {
  it("[R3] is restored where its record is missing from another store", async () => {
    const { store, book, recover } = await scene();
    expect(await recover(known(ELSEWHERE, { epoch: "e", head: 9 }))).toBe("restored");
    expect(await book.get(TAG, RECORD.session_id)).toEqual(RECORD);
    expect(await store.heads([KEY])).toEqual([{ epoch: "new-1", head: 0 }]);
    // Once: a second look finds it there, and its new epoch in nobody's memory.
    expect(await recover(known(ELSEWHERE, { epoch: "e", head: 9 }))).toBe("intact");
  });

  it("is over where its record is missing from the same store: somebody has deleted it", async () => {
    const { book, recover } = await scene();
    expect(await recover(known(HERE, { epoch: "e", head: 9 }))).toBe("over");
    expect(await book.find(TAG, RECORD.session_id)).toBeNull();
  });

  it("is over once it was stopped, in this store or by what is known of it", async () => {
    const { book, recover } = await scene();
    const stopped = sessionRecord({ state: "stopped" });
    expect(await recover({ ...known(ELSEWHERE), record: stopped })).toBe("over");
    await book.restore(TAG, stopped, "e");
    expect(await recover(known(HERE))).toBe("over");
    expect(await recover(known(ELSEWHERE, { epoch: "e", head: 1 }))).toBe("over");
  });

  it("is intact while its log is at least as long as known", async () => {
    const { book, recover, append, epoch } = await scene();
    await book.restore(TAG, RECORD, "e");
    await append("a", "b");
    for (const head of [0, 1, 2]) expect(await recover(known(HERE, { epoch: "e", head }))).toBe("intact");
    expect(await recover(known(HERE, { epoch: "earlier", head: 99 }))).toBe("intact");
    expect(await epoch()).toBe("e");
  });

  it("[R3] gets another epoch where its log was longer, and keeps what is there", async () => {
    const { store, book, recover, append } = await scene();
    await book.restore(TAG, RECORD, "e");
    await append("a", "b");
    const positions = [
      { epoch: "earlier", head: 1 },
      { epoch: "e", head: 3 },
    ];
    expect(await recover(known(HERE, ...positions))).toBe("rotated");
    expect(await store.heads([KEY])).toEqual([{ epoch: "new-1", head: 2 }]);
  });

  it("[R3] gets another epoch where its epoch turns up in another store: that is a copy of the past", async () => {
    const { book, recover, append, epoch } = await scene();
    await book.restore(TAG, RECORD, "e");
    await append("a", "b");
    expect(await recover(known(ELSEWHERE, { epoch: "e", head: 1 }))).toBe("rotated");
    expect(await epoch()).toBe("new-1");
  });

  it("gets a log where only its record is left", async () => {
    const { store, book, recover, epoch } = await scene();
    await book.restore(TAG, RECORD, "e");
    await store.deleteLog(KEY);
    expect(await recover(known(HERE, { epoch: "e", head: 2 }))).toBe("restored");
    expect(await epoch()).toBe("new-1");
  });

  it("[I11] is not restored beyond what one agent may run", async () => {
    const { book, recover } = await scene();
    for (let n = 0; n < MAX_RUNNING_SESSIONS; n += 1) {
      await book.restore(TAG, sessionRecord({ session_id: `running-session-${n}` }), `e${n}`);
    }
    expect(await recover(known(ELSEWHERE))).toBe("over");
  });
});

describe("the text that an agent carries", () => {
  const text = describeSession(known(HERE, { epoch: "e", head: 5 })) ?? "";
  const carried = { session_id: RECORD.session_id, descriptor: text, epoch: null, head: 0 };
  const manyPositions = { ...JSON.parse(text), positions: Array(5).fill({ epoch: "e", head: 1 }) };

  it("comes back as it was, with what the agent learned since", () => {
    expect(readCarried(carried)).toEqual(known(HERE, { epoch: "e", head: 5 }));
    expect(readCarried({ ...carried, epoch: "e", head: 7 })?.positions).toEqual([
      { epoch: "e", head: 5 },
      { epoch: "e", head: 7 },
    ]);
  });

  it("is short enough for the longest session", () => {
    const window: [number, number] = [-19.123456789, 19.123456789];
    const record = sessionRecord({
      label: "é".repeat(100),
      filters: { pattern: "x".repeat(200) },
      params: {
        ...HullPulseParams.parse({}),
        low_window: window,
        high_window: window,
        peak_window: window,
      },
    });
    const positions = [{ epoch: "e".repeat(21), head: 1e9 }];
    expect(describeSession({ store_id: "s".repeat(21), record, positions })?.length).toBeLessThan(2_000);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["null", "null"],
    ["another shape", "{}"],
    ["a record with a wrong field", text.replace('"running"', '"sleeping"')],
    ["a negative head", text.replace('"head":5', '"head":-5')],
    ["positions without end", JSON.stringify(manyPositions)],
    ["another session", text.replaceAll(RECORD.session_id, "session-of-another")],
  ])("means nothing when it is %s", (_what, descriptor) => {
    expect(readCarried({ ...carried, descriptor })).toBeNull();
  });
});
