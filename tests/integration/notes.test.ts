import { describe, expect, test } from "vitest";
import { admitUserId } from "../../server/access/credentials.ts";
import { MAX_NOTE_LENGTH, MAX_NOTES } from "../../shared/protocol/limits.ts";
import type { NoteChange } from "../../shared/protocol/note.ts";
import { DEFAULT_TREND_PARAMS } from "../../shared/protocol/trend-params.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHubOptions } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";
import { startRedis } from "../support/redis-server.ts";

/** A hub with one agent, its owner's viewer, and a running session with two files. */
async function startScene(options: TestHubOptions = {}) {
  const hub = await startHub(options);
  const agent = await startRawAgent(hub.url);
  const owner = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await owner.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await owner.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  const { session_id } = session;
  await agent.send(session_id, "swv_1.txt", simulatedFile(1));
  await agent.send(session_id, "swv_2.txt", simulatedFile(2));
  return { hub, agent, owner, ...notesOf(owner, user_id, session_id), user_id, session_id };
}

function notesOf(viewer: RawViewer, user_id: string, session_id: string) {
  return {
    change: (change: NoteChange) => viewer.ask("annotate", { user_id, session_id, change }),
    tryChange: (change: NoteChange) => viewer.request("annotate", { user_id, session_id, change }),
    read: (since_rev = 0) => viewer.ask("read_notes", { user_id, session_id, since_rev }),
  };
}

/** Resolves when this viewer has been told of that revision of the notes. */
function told(viewer: RawViewer, session_id: string, notes_rev: number): Promise<void> {
  return new Promise((resolve) => {
    viewer.socket.on("session_state", (state) => {
      if (state.session_id === session_id && state.notes_rev >= notes_rev) resolve();
    });
  });
}

const injection = (note_id: string, concentration: number): NoteChange => ({
  do: "add",
  note_id,
  kind: "injection",
  at: { time_ms: 1_800_000_000_000 },
  concentration,
  unit: "µM",
});

const exclusion: NoteChange = {
  do: "add",
  note_id: "exclusion-0001",
  kind: "exclude",
  at: { offset: 1 },
  text: "Air bubble",
};

describe("notes of a session", () => {
  test("are added, edited, removed and brought back; each change has its own revision", async () => {
    const { change, read } = await startScene();
    const added = await change(injection("injection-0001", 5));
    expect(added).toMatchObject({ notes_rev: 1, note: { kind: "injection", concentration: 5, rev: 1 } });
    await change({ do: "edit", note_id: "injection-0001", concentration: 10, at: { offset: 0 } });
    await change({ do: "remove", note_id: "injection-0001" });
    expect((await read()).notes).toMatchObject([{ removed: true, rev: 3, at: { name: "swv_1.txt" } }]);
    const restored = await change({ do: "restore", note_id: "injection-0001" });
    expect(restored.note).toEqual({
      ...added.note,
      rev: 4,
      concentration: 10,
      at: { offset: 0, name: "swv_1.txt" },
    });
    expect(await read(3)).toEqual({
      notes_rev: 4,
      notes: [restored.note],
      trend_params: DEFAULT_TREND_PARAMS,
    });
    expect((await read(4)).notes).toEqual([]);
  });

  test("what changes nothing moves nothing on: added twice, removed twice", async () => {
    const { change, read } = await startScene();
    const first = await change(exclusion);
    expect(await change(exclusion)).toEqual(first);
    await change({ do: "remove", note_id: "exclusion-0001" });
    await change({ do: "remove", note_id: "exclusion-0001" });
    expect((await read()).notes_rev).toBe(2);
  });

  test("an exclusion names its file and keeps its reason", async () => {
    const { change, tryChange } = await startScene();
    const { note } = await change({ ...exclusion, electrode: 2 });
    expect(note).toMatchObject({ at: { offset: 1, name: "swv_2.txt" }, electrode: 2, text: "Air bubble" });
    const cleared = await tryChange({ do: "edit", note_id: note.note_id, text: "" });
    expect(cleared).toMatchObject({ ok: false, error: { code: "invalid_message" } });
    const renamed = await tryChange({ do: "edit", note_id: note.note_id, kind: "note" });
    expect(renamed).toMatchObject({ ok: false, error: { code: "invalid_message" } });
  });

  test("what was marked as an injection can become a mere remark", async () => {
    const { change } = await startScene();
    await change(injection("injection-0001", 5));
    const edit = { do: "edit", note_id: "injection-0001", kind: "note", text: "Pump changed" } as const;
    expect((await change(edit)).note).toMatchObject({ kind: "note", text: "Pump changed", rev: 2 });
  });

  test.each<[string, NoteChange, string]>([
    ["a file that is not there", { ...exclusion, at: { offset: 2 } }, "not_found"],
    ["an exclusion without a reason", { ...exclusion, text: " " }, "invalid_message"],
    ["an exclusion of a moment", { ...exclusion, at: { time_ms: 1 } }, "invalid_message"],
    ["a text that is too long", { ...exclusion, text: "x".repeat(MAX_NOTE_LENGTH + 1) }, "invalid_message"],
    ["a note that is not there", { do: "edit", note_id: "nobodys-note-1", text: "?" }, "not_found"],
    ["less than nothing", injection("injection-0001", -1), "invalid_message"],
  ])("%s is refused and changes nothing", async (_what, change, code) => {
    const { tryChange, read } = await startScene();
    expect(await tryChange(change)).toMatchObject({ ok: false, error: { code } });
    expect((await read()).notes_rev).toBe(0);
  });

  test("a person with a link to watch reads them and changes none", async () => {
    const { hub, owner, change, user_id, session_id } = await startScene();
    await change(exclusion);
    const link = await owner.ask("create_share_link", {
      user_id,
      role: "view",
      label: "",
      expires_in_s: null,
    });
    const guest = await startRawViewer(hub.url);
    const joined = await guest.ask("join", { share_token: link.token });
    expect(joined.sessions).toMatchObject([{ notes_rev: 1 }]);
    const notes = notesOf(guest, joined.user_id, session_id);
    expect((await notes.read()).notes).toMatchObject([{ text: "Air bubble" }]);
    expect(await notes.tryChange(injection("injection-0001", 1))).toMatchObject({
      error: { code: "forbidden" },
    });
    const settings = { user_id: joined.user_id, session_id, trend_params: {} };
    expect(await guest.request("set_trend_params", settings)).toMatchObject({ error: { code: "forbidden" } });
  });

  test("many at once get one revision each, and one more than there may be is refused", async () => {
    const { hub, change, tryChange, read, user_id, session_id } = await startScene();
    const ids = Array.from({ length: 20 }, (_, i) => `injection-${String(i).padStart(4, "0")}`);
    const revs = (await Promise.all(ids.map((id) => change(injection(id, 1))))).map((made) => made.notes_rev);
    expect(revs.sort((a, b) => a - b)).toEqual(ids.map((_, i) => i + 1));
    const { tag } = await tagOf(hub, user_id);
    const collection = `note-heads/${tag}`;
    const expected = await hub.hub.store.getRecord(collection, session_id);
    const next = JSON.stringify({ rev: 20, notes: MAX_NOTES });
    await hub.hub.store.compareAndSet([{ collection, key: session_id, expected, next }]);
    const refused = await tryChange(injection("injection-more", 1));
    expect(refused).toMatchObject({ error: { code: "too_many_notes", details: { limit: MAX_NOTES } } });
    expect((await read()).notes).toHaveLength(20);
  });

  test("go with their session", async () => {
    const { hub, change, tryChange, user_id, session_id } = await startScene();
    await change(exclusion);
    const { tag } = await tagOf(hub, user_id);
    const { store } = hub.hub;
    const expected = await store.getRecord(`sessions/${tag}`, session_id);
    await store.compareAndSet([{ collection: `sessions/${tag}`, key: session_id, expected, next: null }]);
    await hub.hub.notes.forget(tag, session_id);
    expect(await tryChange(injection("injection-0001", 1))).toMatchObject({
      error: { code: "session_not_found" },
    });
    expect(await store.listRecords(`notes/${tag}/${session_id}`)).toEqual(new Map());
    expect(await store.listRecords(`note-heads/${tag}`)).toEqual(new Map());
  });
});

describe("trend settings", () => {
  test("are shared: everybody hears of a change and reads the same", async () => {
    const { hub, owner, user_id, session_id } = await startScene();
    const other = await startRawViewer(hub.url);
    await other.ask("join", { user_id });
    const heard = told(other, session_id, 1);
    const trend_params = { reference: { from: 1, to: 3 }, kdm: "difference-over-mean" } as const;
    const { notes_rev } = await owner.ask("set_trend_params", { user_id, session_id, trend_params });
    await heard;
    expect(await other.ask("read_notes", { user_id, session_id })).toEqual({
      notes_rev,
      notes: [],
      trend_params: { ...DEFAULT_TREND_PARAMS, ...trend_params },
    });
  });

  test("a reference that ends before it begins is refused", async () => {
    const { owner, user_id, session_id } = await startScene();
    const trend_params = { reference: { from: 3, to: 1 } };
    const reply = await owner.request("set_trend_params", { user_id, session_id, trend_params });
    expect(reply).toMatchObject({ ok: false, error: { code: "invalid_message" } });
  });
});

test("with Redis, a viewer of another hub hears of a note and reads it", async () => {
  const redis = await startRedis();
  const env = { REDIS_URL: redis.url };
  const far = await startHub({ env });
  const { change, user_id, session_id } = await startScene({ env });
  const viewer = await startRawViewer(far.url);
  await viewer.ask("join", { user_id });
  const heard = told(viewer, session_id, 1);
  const { note } = await change(exclusion);
  await heard;
  expect((await notesOf(viewer, user_id, session_id).read()).notes).toEqual([note]);
});

async function tagOf(hub: Awaited<ReturnType<typeof startHub>>, user_id: string) {
  return (await admitUserId(hub.hub, user_id)).access;
}
