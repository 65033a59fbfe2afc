import { io } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_SWV_PARAMS } from "../../shared/electrochem/swv.ts";
import { AGENT_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { type Ack, ERRORS } from "../../shared/protocol/errors.ts";
import { MAX_MESSAGE_BYTES, PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { announcement, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { SAMPLE_NAMES, SAMPLE_REQUESTS } from "../support/sample-requests.ts";
import { stateHash } from "../support/state-hash.ts";

type Emitter = { emitWithAck(event: string, ...payload: unknown[]): Promise<Ack<unknown>> };

const WRONG_PAYLOADS: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["a number", 7],
  ["a text", "user_id"],
  ["a list", [1, 2]],
  ["an empty object", {}],
  ["a prototype", JSON.parse('{"__proto__": {"user_id": "x"}}')],
  [
    "fields of the wrong type",
    { user_id: 7, session_id: {}, since: "0", filters: 3, files: "x", seen: "many" },
  ],
];

type Payload = Readonly<Record<string, unknown>>;

/** A valid payload with one thing wrong each: a field too many, at any depth, and every field of another type. */
function spoiled(payload: Payload): (readonly [string, Payload])[] {
  const wrong = (value: unknown) => (typeof value === "string" ? { text: value } : String(value));
  const inside = Object.entries(payload).flatMap(([field, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array)
      ? spoiled(value as Payload).map(
          ([what, spoilt]) => [`${field}: ${what}`, { ...payload, [field]: spoilt }] as const,
        )
      : [],
  );
  return [
    ["an extra field", { ...payload, surprise: true }],
    ...Object.entries(payload).map(
      ([field, value]) => [`${field} of another type`, { ...payload, [field]: wrong(value) }] as const,
    ),
    ...inside,
  ];
}

/** A valid payload without each of its fields in turn, where the request cannot do without it. */
function shortened(payload: Payload, required: readonly string[]): (readonly [string, Payload])[] {
  return required.map((field) => {
    const { [field]: _left, ...rest } = payload;
    return [`no ${field}`, rest] as const;
  });
}

/** Fields that a request may lack: there is a default for them. */
const OPTIONAL = new Set([
  "analysisParams",
  "params",
  "format",
  "since",
  "label",
  "expires_in_s",
  "trend_params",
]);

describe("bad input", () => {
  test.each(Object.keys(VIEWER_REQUESTS))(
    "%s answers every wrong payload with a typed error and changes nothing",
    async (event) => {
      const hub = await startHub();
      const agent = await startRawAgent(hub.url);
      const viewer = await startRawViewer(hub.url);
      await viewer.ask("join", { user_id: agent.userId });
      const before = stateHash(hub.dataDir);
      const socket = viewer.socket as unknown as Emitter; // payloads that the typings forbid
      const extra = { user_id: agent.userId, surprise: true };
      for (const [, payload] of [...WRONG_PAYLOADS, ["an extra field", extra] as const]) {
        const ack =
          payload === undefined ? await socket.emitWithAck(event) : await socket.emitWithAck(event, payload);
        expect(ack).toMatchObject({
          ok: false,
          error: { code: expect.any(String), message: expect.stringMatching(/\w/) },
        });
        if (!ack.ok) expect(Object.keys(ERRORS)).toContain(ack.error.code);
        if (!ack.ok) expect(ack.error.code).not.toBe("internal");
      }
      expect(stateHash(hub.dataDir)).toBe(before);
    },
  );

  test.each(Object.keys(AGENT_REQUESTS))(
    "%s of an agent answers every wrong payload with a typed error",
    async (event) => {
      const hub = await startHub();
      const agent = await startRawAgent(hub.url);
      const before = stateHash(hub.dataDir);
      const socket = agent.socket as unknown as Emitter;
      for (const [, payload] of WRONG_PAYLOADS) {
        const ack =
          payload === undefined ? await socket.emitWithAck(event) : await socket.emitWithAck(event, payload);
        expect(ack).toMatchObject({ ok: false, error: { code: "invalid_message" } });
      }
      expect(stateHash(hub.dataDir)).toBe(before);
    },
  );

  test.each(SAMPLE_NAMES)(
    "%s is taken by its schema alone: one thing wrong is one typed refusal",
    async (event) => {
      const hub = await startHub();
      const agent = await startRawAgent(hub.url);
      const viewer = await startRawViewer(hub.url);
      const user_id = agent.userId;
      await viewer.ask("join", { user_id });
      const filters = { pattern: "running_{n}.txt" };
      const { session } = await viewer.ask("start_analysis_session", {
        user_id,
        filters,
        analysisParams: {},
      });
      const before = stateHash(hub.dataDir);
      const asked: Payload = { user_id, ...SAMPLE_REQUESTS[event] };
      const sample = "session_id" in asked ? { ...asked, session_id: session.session_id } : asked;
      const required = Object.keys(sample).filter((field) => !OPTIONAL.has(field));
      const socket = viewer.socket as unknown as Emitter;
      for (const [what, payload] of [...spoiled(sample), ...shortened(sample, required)]) {
        const ack = await socket.emitWithAck(event, payload);
        expect(ack, what).toMatchObject({
          ok: false,
          error: {
            code: expect.stringMatching(/^(invalid_\w+|user_id_required)$/),
            message: expect.stringMatching(/\w/),
          },
        });
      }
      expect(stateHash(hub.dataDir)).toBe(before);
    },
  );

  test("a part, an offer and a folder's state with one thing wrong are refused, and nothing is logged", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    const content = simulatedFile(1);
    const session_id = "abcdefghijklmnopqrstu";
    const { sha256, size, mtime_ms } = announcement(content);
    const part = { session_id, filename: "swv_1.txt", sha256, size, mtime_ms, from: 0, content };
    const samples: Readonly<Record<keyof typeof AGENT_REQUESTS, Payload>> = {
      stream_instrument_data: part,
      stream_cv_data: part,
      offer_files: { session_id, files: [{ name: "swv_1.txt", size, mtime_ms, sha256 }] },
      folder_state: { seen: 3, matching: 2, owed: 1 },
    };
    const before = stateHash(hub.dataDir);
    const socket = agent.socket as unknown as Emitter;
    for (const [event, sample] of Object.entries(samples)) {
      for (const [what, payload] of [...spoiled(sample), ...shortened(sample, Object.keys(sample))])
        expect(await socket.emitWithAck(event, payload), `${event}: ${what}`).toMatchObject({
          ok: false,
          error: { code: expect.stringMatching(/^invalid_/) },
        });
    }
    expect(stateHash(hub.dataDir)).toBe(before);
  });

  test("an unknown event is named as unknown, for viewers and agents alike", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    for (const socket of [agent.socket, viewer.socket] as unknown as Emitter[]) {
      for (const event of ["constructor", "__proto__", "toString", "delete_everything", "registered"]) {
        expect(await socket.emitWithAck(event, {})).toMatchObject({
          ok: false,
          error: { code: "unknown_event" },
        });
      }
    }
    const viewerEmitter = viewer.socket as unknown as Emitter;
    expect(await viewerEmitter.emitWithAck("stream_instrument_data", {})).toMatchObject({
      error: { code: "unknown_event" },
    });
    const agentEmitter = agent.socket as unknown as Emitter;
    expect(await agentEmitter.emitWithAck("join", { user_id: agent.userId })).toMatchObject({
      error: { code: "unknown_event" },
    });
  });

  test("no request but join is served before join, and none for another User ID after it", async () => {
    const hub = await startHub();
    const [mine, theirs] = [await startRawAgent(hub.url), await startRawAgent(hub.url)];
    const viewer = await startRawViewer(hub.url);
    const { join: _join, ...requests } = SAMPLE_REQUESTS;
    const socket = viewer.socket as unknown as Emitter;
    const refuseAll = async (user_id: string) => {
      for (const [event, payload] of Object.entries(requests)) {
        const ack = await socket.emitWithAck(event, { user_id, ...payload });
        expect(ack, event).toMatchObject({ ok: false, error: { code: "not_joined" } });
      }
    };
    await refuseAll(theirs.userId);
    await viewer.ask("join", { user_id: mine.userId });
    await refuseAll(theirs.userId);
  });

  test("a session is only ever found inside its own User ID", async () => {
    const hub = await startHub();
    const [mine, theirs] = [await startRawAgent(hub.url), await startRawAgent(hub.url)];
    const owner = await startRawViewer(hub.url);
    await owner.ask("join", { user_id: theirs.userId });
    const filters = { pattern: "swv_{n}.txt" };
    const started = await owner.ask("start_analysis_session", {
      user_id: theirs.userId,
      filters,
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    const { session_id } = started.session;

    const stranger = await startRawViewer(hub.url);
    const user_id = mine.userId;
    await stranger.ask("join", { user_id });
    const notFound = { ok: false, error: { code: "session_not_found" } };
    expect(await stranger.request("read_log", { user_id, session_id, since: 0 })).toMatchObject(notFound);
    expect(await stranger.request("get_voltammogram", { user_id, session_id, offset: 0 })).toMatchObject(
      notFound,
    );
    expect(await stranger.request("stop_analysis_session", { user_id, session_id })).toMatchObject(notFound);
    expect(await stranger.request("watch_traces", { user_id, session_id, traces: [] })).toMatchObject(
      notFound,
    );
    expect(await stranger.request("request_export_data", { user_id, session_id })).toMatchObject(notFound);
    expect(await mine.send(session_id, "swv_1.txt", simulatedFile(1))).toMatchObject({
      error: { code: "session_not_running" },
    });
  });

  test("a name that leaves the folder is refused in words, and nothing is logged", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const filters = { pattern: "{*}.txt" };
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters,
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    for (const name of [
      "../../etc/passwd.txt",
      "/etc/passwd.txt",
      "C:\\scans\\1.txt",
      "a/../../b.txt",
      "a\u0000.txt",
      "",
    ]) {
      const ack = await agent.send(session.session_id, name, simulatedFile(1));
      expect(ack).toMatchObject({
        ok: false,
        error: { code: "invalid_filename", message: expect.stringContaining("Invalid filename") },
      });
    }
    expect((await viewer.log(user_id, session.session_id)).names).toEqual([]);
  });

  test("bytes that are not what was announced are refused and can be sent again", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const filters = { pattern: "swv_{n}.txt" };
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters,
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    const content = simulatedFile(1);
    const message = {
      ...announcement(content),
      session_id: session.session_id,
      filename: "swv_1.txt",
      from: 0,
    };
    const damaged = content.map((byte, index) => (index === 500 ? byte ^ 1 : byte));

    const refused = await agent.socket.emitWithAck("stream_instrument_data", {
      ...message,
      content: damaged,
    });
    expect(refused).toMatchObject({ ok: false, error: { code: "hash_mismatch", retryable: true } });
    const beyond = await agent.socket.emitWithAck("stream_instrument_data", {
      ...message,
      from: 10,
      content,
    });
    expect(beyond).toMatchObject({ ok: false, error: { code: "invalid_message" } });
    expect(await agent.send(session.session_id, "swv_1.txt", content)).toMatchObject({
      ok: true,
      value: { outcome: "stored", offset: 0 },
    });
  });

  test("a message over the limit closes that connection alone", async () => {
    const hub = await startHub();
    const [one, other] = [await startRawViewer(hub.url), await startRawViewer(hub.url)];
    const agent = await startRawAgent(hub.url);
    const closed = new Promise((resolve) => one.socket.once("disconnect", resolve));
    (one.socket as unknown as { emit(event: string, payload: unknown): void }).emit("join", {
      user_id: "x".repeat(MAX_MESSAGE_BYTES + 1),
    });
    expect(await closed).toBe("transport close");
    expect(await other.ask("join", { user_id: agent.userId })).toMatchObject({ user_id: agent.userId });
  });

  test.each([
    ["no protocol version", { role: "viewer" }, "invalid_message"],
    ["another protocol version", { role: "viewer", protocol: PROTOCOL_VERSION + 1 }, "unsupported_protocol"],
    ["an unknown role", { role: "admin", protocol: PROTOCOL_VERSION }, "invalid_message"],
    ["an agent without a key", { role: "agent", protocol: PROTOCOL_VERSION }, "agent_key_required"],
    [
      "an agent with a key that is none",
      { role: "agent", protocol: PROTOCOL_VERSION, agent_key: "secret" },
      "invalid_agent_key",
    ],
    [
      "an agent that gives a User ID as its key",
      { role: "agent", protocol: PROTOCOL_VERSION, agent_key: "7k2m9xqdt4hwb8z7" },
      "invalid_agent_key",
    ],
  ])("a handshake with %s is refused with a typed error", async (_name, auth, code) => {
    const hub = await startHub();
    const socket = io(hub.url, { auth, transports: ["websocket"], reconnection: false, forceNew: true });
    onTestFinished(() => void socket.disconnect());
    const error = await new Promise<Error & { data?: unknown }>(
      (resolve) => void socket.on("connect_error", resolve),
    );
    expect(error.data).toMatchObject({ code, message: expect.any(String), retryable: false });
  });

  test("a page from elsewhere cannot connect, by WebSocket or by polling", async () => {
    const hub = await startHub({ env: { ALLOWED_ORIGINS: "https://viewer.example.org" } });
    const auth = { role: "viewer", protocol: PROTOCOL_VERSION };
    const attempt = (transport: "websocket" | "polling", origin: string) =>
      new Promise<string>((resolve) => {
        const extraHeaders = { origin };
        const socket = io(hub.url, {
          auth,
          transports: [transport],
          reconnection: false,
          forceNew: true,
          extraHeaders,
        });
        onTestFinished(() => void socket.disconnect());
        socket.on("connect", () => resolve("connected"));
        socket.on("connect_error", () => resolve("refused"));
      });
    for (const transport of ["websocket", "polling"] as const) {
      expect(await attempt(transport, "https://evil.example")).toBe("refused");
      expect(await attempt(transport, "null")).toBe("refused");
      expect(await attempt(transport, `${hub.url}.evil.example`)).toBe("refused");
      expect(await attempt(transport, hub.url)).toBe("connected");
      expect(await attempt(transport, "https://viewer.example.org")).toBe("connected");
    }
  });
});
