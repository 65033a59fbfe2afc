import { describe, expect, test } from "vitest";
import type { GivenParams } from "../../shared/protocol/analysis-params.ts";
import { MAX_PART_BYTES, MAX_RAW_REPLY_BYTES } from "../../shared/protocol/limits.ts";
import { ENTRY_STATUS, EntryTable, RESULT_KINDS, ResultTable } from "../../shared/protocol/log-tables.ts";
import type { LiveAnalysisUpdate } from "../../shared/protocol/viewer-events.ts";
import { unpackVoltammograms } from "../../shared/protocol/voltammogram.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHubOptions } from "../support/hub.ts";
import { announcement, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { WIDE_TRACES, wideScan } from "../support/wide-scan.ts";

/** A hub with one agent, one viewer that joined it, and a running session over `swv_{n}.txt`. */
async function startScene(params: GivenParams = {}, options: TestHubOptions = {}) {
  const hub = await startHub(options);
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", {
    user_id,
    filters,
    analysisParams: params,
  });
  const { session_id } = session;
  const log = () => viewer.log(user_id, session_id);
  const send = (name: string, content: Uint8Array) => agent.send(session_id, name, content);
  return { hub, agent, viewer, user_id, session_id, send, log };
}

function nextPush(viewer: Awaited<ReturnType<typeof startRawViewer>>): Promise<LiveAnalysisUpdate> {
  return new Promise((resolve) => viewer.socket.once("live_analysis_update", resolve));
}

const text = (content: string) => new TextEncoder().encode(content);

describe("what a viewer gets", () => {
  test("[I8] the file itself, byte for byte as the instrument wrote it; one that is too large has a reason", async () => {
    const { agent, viewer, user_id, session_id, send } = await startScene();
    const content = simulatedFile(1);
    await send("swv_1.txt", content);
    const padded = Buffer.concat([content, Buffer.from(`\n${" ".repeat(MAX_RAW_REPLY_BYTES)}`)]);
    for (let from = 0; from < padded.length; from += MAX_PART_BYTES) {
      await agent.socket.emitWithAck("stream_instrument_data", {
        ...announcement(padded),
        session_id,
        filename: "swv_2.txt",
        from,
        content: padded.subarray(from, from + MAX_PART_BYTES),
      });
    }
    const reply = await viewer.ask("read_raw", { user_id, session_id, offset: 0 });
    expect(reply.name).toBe("swv_1.txt");
    expect(Buffer.compare(Buffer.from(reply.content as Uint8Array), content)).toBe(0);
    const large = await viewer.request("read_raw", { user_id, session_id, offset: 1 });
    expect(large).toMatchObject({ ok: false, error: { code: "too_large" } });
    const none = await viewer.request("read_raw", { user_id, session_id, offset: 2 });
    expect(none).toMatchObject({ ok: false, error: { code: "not_found" } });
  });

  test("[R1] a push carries what the log has: same entry, same result, and the curves that were asked for", async () => {
    const { viewer, user_id, session_id, send, log } = await startScene();
    await viewer.ask("watch_traces", { user_id, session_id, traces: [{ electrode: 2, frequency_hz: 200 }] });
    const pushed = nextPush(viewer);
    await send("swv_1.txt", simulatedFile(1, { frequencyHz: 200 }));
    const push = await pushed;
    const { names, entries, results, epoch } = await log();
    expect(push).toMatchObject({ session_id, epoch, version: 1, since: 0, next: 1, names });
    expect(EntryTable.read(push.entries)).toEqual(entries);
    expect(ResultTable.read(push.results)).toEqual(results);
    expect(unpackVoltammograms(push.curves).map(({ electrode, offset }) => [electrode, offset])).toEqual([
      [2, 0],
    ]);

    const { voltammograms } = await viewer.ask("get_voltammogram", {
      user_id,
      session_id,
      offset: 0,
      electrode: 2,
    });
    expect(voltammograms).toEqual(push.curves);
    const [curve] = unpackVoltammograms(voltammograms);
    const potentials = curve?.potentials_v ?? new Float32Array();
    expect(potentials.length).toBe(curve?.smoothed_a.length);
    expect([...potentials]).toEqual([...potentials].sort((a, b) => a - b));
  });

  test("[R8] a push carries as many of the curves as it may; the others are there for whoever asks", async () => {
    const { viewer, user_id, session_id, send } = await startScene();
    await viewer.ask("watch_traces", { user_id, session_id, traces: WIDE_TRACES });
    const pushed = nextPush(viewer);
    // 2,100 points × 4 columns × 4 B = 33,600 B: 15 of 16 curves fit into 512 KiB.
    await send("swv_1.txt", wideScan(1, 2_100));
    const { curves } = await pushed;
    expect(curves.heads.map(({ electrode }) => electrode)).toEqual(
      WIDE_TRACES.slice(0, 15).map(({ electrode }) => electrode),
    );
    const { voltammograms } = await viewer.ask("get_voltammogram", { user_id, session_id, offset: 0 });
    expect(voltammograms.heads.map(({ electrode }) => electrode)).toEqual(
      WIDE_TRACES.map(({ electrode }) => electrode),
    );
  });

  test("[R1] a viewer that comes late reads the whole log, page by page, in order", async () => {
    const { hub, user_id, session_id, send } = await startScene();
    for (let n = 1; n <= 7; n++) await send(`swv_${n}.txt`, simulatedFile(n));
    const late = await startRawViewer(hub.url);
    const { sessions } = await late.ask("join", { user_id });
    expect(sessions).toMatchObject([{ session_id, head: 7, state: "running" }]);
    const seen: string[] = [];
    for (let since = 0; since < 7; ) {
      const page = await late.ask("read_log", { user_id, session_id, since, limit: 3 });
      expect(page.head).toBe(7);
      seen.push(...page.names);
      since = page.next;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `swv_${n}.txt`));
    expect(await late.ask("read_log", { user_id, session_id, since: 50 })).toMatchObject({
      names: [],
      head: 7,
    });
  });

  test("[I1] a file is there once, under whichever of the two names a program streams it", async () => {
    const { agent, session_id, send, log } = await startScene();
    const content = simulatedFile(1);
    const part = { ...announcement(content), session_id, filename: "swv_1.txt", from: 0, content };
    expect(await agent.socket.emitWithAck("stream_cv_data", part)).toMatchObject({
      ok: true,
      value: { outcome: "stored", offset: 0 },
    });
    expect(await send("swv_1.txt", content)).toMatchObject({ ok: true, value: { outcome: "duplicate" } });
    expect((await log()).names).toEqual(["swv_1.txt"]);
  });

  test("[R3] a position of another epoch is told so, and a version that is not there any more", async () => {
    const { viewer, user_id, session_id } = await startScene();
    const stale = await viewer.request("read_log", {
      user_id,
      session_id,
      since: 3,
      epoch: "of-another-life",
    });
    expect(stale).toMatchObject({
      ok: false,
      error: { code: "epoch_changed", retryable: true, details: { epoch: expect.any(String) } },
    });
    const gone = await viewer.request("read_log", { user_id, session_id, since: 0, version: 9 });
    expect(gone).toMatchObject({ ok: false, error: { code: "version_gone", details: { version: 1 } } });
  });

  test("[R4] the same content is a duplicate; A, then B, then A again are three revisions", async () => {
    const { send, log } = await startScene();
    const [a, b] = [simulatedFile(1), simulatedFile(2)];
    expect(await send("swv_1.txt", a)).toMatchObject({
      value: { outcome: "stored", offset: 0, revision: 1 },
    });
    expect(await send("swv_1.txt", a)).toMatchObject({
      value: { outcome: "duplicate", offset: 0, revision: 1 },
    });
    expect(await send("swv_1.txt", b)).toMatchObject({
      value: { outcome: "stored", offset: 1, revision: 2 },
    });
    expect(await send("swv_1.txt", a)).toMatchObject({
      value: { outcome: "stored", offset: 2, revision: 3 },
    });
    expect(await send("swv_9.txt", a)).toMatchObject({
      value: { outcome: "stored", offset: 3, revision: 1 },
    });
    const { entries } = await log();
    expect(entries.map((entry) => entry.revision)).toEqual([1, 2, 3, 1]);
    expect(entries.map((entry) => entry.same_content_as)).toEqual([Number.NaN, Number.NaN, Number.NaN, 2]);
  });

  test("a file in parts is one entry; a part in the wrong place is told where to go on", async () => {
    const { agent, session_id, log } = await startScene();
    const content = simulatedFile(1);
    const part = (from: number, to: number) =>
      agent.socket.emitWithAck("stream_instrument_data", {
        ...announcement(content),
        session_id,
        filename: "swv_1.txt",
        from,
        content: content.slice(from, to),
      });
    expect(await part(0, 1000)).toMatchObject({ value: { outcome: "partial", from: 1000 } });
    expect(await part(2000, 3000)).toMatchObject({ value: { outcome: "partial", from: 1000 } });
    expect(await part(1000, content.length - 10)).toMatchObject({
      value: { outcome: "partial", from: content.length - 10 },
    });
    expect(await part(content.length - 10, content.length)).toMatchObject({
      value: { outcome: "stored", offset: 0 },
    });
    expect((await log()).results.length).toBeGreaterThan(0);
  });

  test("what is not a measurement, and what is of another technique, stands in the log with its reason", async () => {
    const { send, log } = await startScene();
    await send("swv_1.txt", text("Dear diary, the potentiostat is warm today.\r\n"));
    await send("swv_2.txt", simulatedFile(2));
    await send(
      "swv_3.txt",
      text("Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg\r\n\r\n1.0, 2.0, 3.0, 4.0, 5.0\r\n"),
    );
    const { entries, results, notes } = await log();
    const { failed, analysed } = ENTRY_STATUS;
    expect(entries.map((entry) => entry.status).slice(0, 2)).toEqual([failed, analysed]);
    expect(new Set(results.map((result) => result.offset))).toEqual(new Set([1]));
    expect(notes[0]).toMatchObject({
      offset: 0,
      code: "not_a_measurement",
      message: expect.stringMatching(/\w+ \w+/),
    });
    expect(notes.some((note) => note.offset === 2)).toBe(true);
  });

  test("a file over the limit is refused for good, and listed with that reason", async () => {
    const { send, log } = await startScene({}, { env: { MAX_FILE_BYTES: "2000" } });
    const reply = await send("swv_1.txt", simulatedFile(1));
    expect(reply).toMatchObject({
      ok: true,
      value: { outcome: "rejected", code: "file_too_large", message: expect.stringContaining("2000") },
    });
    const { names, notes } = await log();
    expect(names).toEqual(["swv_1.txt"]);
    expect(notes).toMatchObject([{ code: "file_too_large" }]);
  });

  test("[R9] what is left to the program is chosen on the first scan, written down, and kept", async () => {
    const { viewer, user_id, send } = await startScene({ direction: "auto", sg_points: "auto" });
    await Promise.all([1, 2, 3].map((n) => send(`swv_${n}.txt`, simulatedFile(n))));
    const { sessions } = await viewer.ask("list_sessions", { user_id });
    const params = sessions[0]?.params;
    expect(params).toMatchObject({ direction: "up", sg_points: expect.any(Number) });
    await send("swv_4.txt", simulatedFile(40));
    const again = await viewer.ask("list_sessions", { user_id });
    expect(again.sessions[0]?.params).toEqual(params);
  });

  test("a stopped session takes no more files and keeps what it has", async () => {
    const { viewer, user_id, session_id, send, log } = await startScene();
    await send("swv_1.txt", simulatedFile(1));
    await viewer.ask("stop_analysis_session", { user_id, session_id });
    expect(await send("swv_2.txt", simulatedFile(2))).toMatchObject({
      ok: false,
      error: { code: "session_not_running", retryable: false },
    });
    expect((await log()).names).toEqual(["swv_1.txt"]);
  });

  test("an offer is answered with what the log lacks: nothing that it has in this content", async () => {
    const { agent, session_id, send } = await startScene();
    const [a, b] = [simulatedFile(1), simulatedFile(2)];
    await send("swv_1.txt", a);
    const files = [
      { name: "swv_1.txt", ...announcement(a) },
      { name: "swv_2.txt", ...announcement(b) },
      { name: "other.csv", ...announcement(b) },
    ];
    const reply = await agent.socket.emitWithAck("offer_files", { session_id, files });
    expect(reply).toMatchObject({ ok: true, value: { wanted: [{ name: "swv_2.txt", from: 0 }] } });
  });
});

describe("proposals", () => {
  test("the folder's series are found by name and content, with what was left out and why", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    for (let n = 1; n <= 12; n++) {
      agent.files.set(`EAB_15Hz_${n}.txt`, simulatedFile(n, { frequencyHz: 15 }));
      agent.files.set(`EAB_200Hz_${n}.txt`, simulatedFile(n, { frequencyHz: 200 }));
    }
    agent.files.set("notes.txt", text("buy buffer\n"));
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const { proposals, left_out, files } = await viewer.ask("describe_folder", { user_id });
    expect(files).toBe(25);
    const [proposal] = proposals;
    expect(proposals).toHaveLength(1);
    expect(proposal).toMatchObject({
      filters: { pattern: "EAB_{f}Hz_{n}.txt" },
      files: 24,
      frequencies_hz: [15, 200],
      running: null,
      params: {
        direction: "up",
        sg_points: expect.any(Number),
        peak_window: [expect.any(Number), expect.any(Number)],
      },
    });
    expect(proposal?.summary).toMatch(/^SWV, 15 and 200 Hz, \d electrodes, 24 files$/);
    expect(left_out).toMatchObject([{ files: 1, examples: ["notes.txt"] }]);

    if (proposal === undefined) return;
    const preview = await viewer.ask("preview_file", {
      user_id,
      name: proposal.sample,
      params: proposal.params,
    });
    expect(unpackVoltammograms(preview.voltammograms).map((curve) => curve.electrode)).toEqual(
      proposal.electrodes,
    );
    const kinds = unpackVoltammograms(preview.voltammograms).map((curve) => curve.result.kind);
    expect(new Set(kinds)).toEqual(new Set([RESULT_KINDS.indexOf("peak")]));
  });

  test("an empty folder and a file that is no measurement are said in words", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    expect(await viewer.request("describe_folder", { user_id })).toMatchObject({
      ok: false,
      error: { code: "folder_empty" },
    });
    agent.files.set("notes.txt", text("buy buffer\n"));
    const params = {};
    const refused = await viewer.request("preview_file", { user_id, name: "notes.txt", params });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: "not_a_measurement", message: expect.stringContaining("notes.txt") },
    });
  });
});
