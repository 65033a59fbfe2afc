import { nanoid } from "nanoid";
import { io } from "socket.io-client";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { AGENT_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { type Ack, ERRORS } from "../../shared/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { announcement, newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { readyExport } from "../support/ready-export.ts";
import { SAMPLE_NAMES, SAMPLE_REQUESTS } from "../support/sample-requests.ts";

/** What people, instruments and attackers have called things. */
const NAMES: Readonly<Record<string, string>> = {
  nothing: "",
  "a space": " ",
  proto: "__proto__",
  constructor: "constructor",
  prototype: "prototype",
  "a method of every object": "hasOwnProperty",
  "a climbing path": "../../etc/passwd",
  "a drive": "C:\\scans\\1.txt",
  "a share": "\\\\host\\share",
  "a device": "CON",
  "a stream": "a.txt:b",
  "NUL inside": "swv_1\u0000.txt",
  "a line break": "swv_1\r\nset-cookie: a=b",
  "right to left": "swv_\u202Etxt.exe",
  "half a surrogate pair": "swv_\uD800.txt",
  "another normal form": "cafe\u0301.txt",
  "not a character": "\uFFFF\uFFFE",
  markup: '<img src=x onerror="alert(1)">.txt',
  "a formula": "=HYPERLINK(1).txt",
  SQL: "'; DROP TABLE log; --",
  "a key of Redis": "benchcast:*{}\r\nFLUSHALL",
  "a pattern": "{n}{n}{*}{f}{e}{?}",
  "a handle": "link:__proto__",
  "10 KB": "x".repeat(10_240),
};

type Emitter = { emitWithAck(event: string, payload: unknown): Promise<Ack<unknown>> };

/** The payload once for each text in it, with another text there. */
function withName(payload: object, name: string): object[] {
  return Object.entries(payload).flatMap(([key, value]): object[] => {
    if (typeof value === "string") return [{ ...payload, [key]: name }];
    if (value === null || typeof value !== "object" || value instanceof Uint8Array) return [];
    const inner = Array.isArray(value)
      ? withName({ ...value }, name).map((changed) => Object.values(changed))
      : withName(value, name);
    return inner.map((changed) => ({ ...payload, [key]: changed }));
  });
}

function expectTyped(ack: Ack<unknown>, what: string): void {
  if (ack.ok) return;
  expect(Object.keys(ERRORS), what).toContain(ack.error.code);
  expect(ack.error.code, what).not.toBe("internal");
  expect(ack.error.message.length, what).toBeLessThan(2_000);
}

const untouched = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched);
});

describe.each(Object.entries(NAMES))("a thing called %s", (_what, name) => {
  test("anywhere in any request of a viewer is answered by type", async () => {
    const hub = await startHub();
    const { userId: user_id } = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const socket = viewer.socket as unknown as Emitter; // payloads that the typings forbid
    for (const event of SAMPLE_NAMES) {
      // What one request changed (a link, a session) must not matter to the next.
      await viewer.ask("join", { user_id });
      for (const payload of withName({ user_id, ...SAMPLE_REQUESTS[event] }, name))
        expectTyped(
          await socket.emitWithAck(event, payload),
          `${event} ${JSON.stringify(payload).slice(0, 200)}`,
        );
    }
    expect(await viewer.request("join", { user_id })).toMatchObject({ ok: true });
  });

  test("anywhere in any request of an agent is answered by type, and what is taken can be read and exported", async () => {
    const hub = await startHub();
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const started = await viewer.request("start_analysis_session", {
      user_id,
      filters: { pattern: "{*}" },
      analysisParams: SAMPLE_REQUESTS.start_analysis_session.analysisParams,
      label: name.slice(0, 50),
    });
    expectTyped(started, "start_analysis_session");
    if (!started.ok) return;
    const { session_id } = started.value.session;
    const content = simulatedFile(1);
    const said = announcement(content);
    const part = { session_id, filename: "swv_1.txt", from: 0, content, ...said };
    const requests = {
      stream_instrument_data: part,
      stream_cv_data: part,
      offer_files: { session_id, files: [{ name: "swv_1.txt", ...said }] },
      folder_state: { seen: 1, matching: 1, owed: 1 },
    } satisfies Record<keyof typeof AGENT_REQUESTS, object>;
    const socket = agent.socket as unknown as Emitter;
    for (const [event, request] of Object.entries(requests))
      for (const payload of withName(request, name))
        expectTyped(await socket.emitWithAck(event, payload), event);

    const { names, entries } = await viewer.log(user_id, session_id);
    expect(entries).toHaveLength(names.length);
    const { path } = readyExport(await viewer.ask("request_export_data", { user_id, session_id }));
    const download = await ask(hub.url, path);
    expect(download.status).toBe(200);
    expect(download.headers["content-disposition"]).toMatch(/^attachment; filename="[\w.-]+"$/);
  });

  test("at the handshake, in the header and in the path is answered by type", async () => {
    const hub = await startHub();
    const auth = {
      ...{ role: "agent", protocol: PROTOCOL_VERSION, agent_key: newAgentKey(), instance: nanoid() },
      ...{ name: "P-1", version: "0.1.0", os: "test", folder: "scans", enrolment: "none" },
    };
    for (const changed of withName(auth, name)) {
      const code = await knock(hub.url, changed);
      expect(["registered", ...Object.keys(ERRORS)], JSON.stringify(changed).slice(0, 200)).toContain(code);
      expect(code).not.toBe("internal");
    }
    const spelled = encodeURIComponent(name.replace(/\p{Surrogate}/gu, "x")).slice(0, 4_000);
    for (const path of [`/${spelled}`, `/api/sessions/${spelled}/export.csv`, `/api/exports/${spelled}`]) {
      const { status } = await ask(hub.url, path, { headers: { authorization: `Bearer ${spelled}` } });
      expect(status, path.slice(0, 100)).toBeLessThan(500);
    }
    expect((await ask(hub.url, "/health")).status).toBe(200);
  });
});

function knock(url: string, auth: object): Promise<string> {
  const socket = io(url, { auth, transports: ["websocket"], reconnection: false, forceNew: true });
  onTestFinished(() => void socket.disconnect());
  return new Promise((resolve) => {
    socket.on("registered", () => resolve("registered"));
    socket.on("bye", ({ code }: { code: string }) => resolve(code));
    socket.on("connect_error", (error) =>
      resolve((error as Error & { data?: { code: string } }).data?.code ?? "lost"),
    );
  });
}
