import { io } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import type { Ack } from "../../shared/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { startTestAgent } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

/* The whole text of what a person reads when something is wrong: what is true, then what to do. */

const filters = { pattern: "swv_{n}.txt" };
const START = { filters, analysisParams: {} };

async function scene() {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  return { hub, agent, viewer, user_id };
}

function words(ack: Ack<unknown>): string | null {
  return ack.ok ? null : `${ack.error.code}: ${ack.error.message}`;
}

/** Sends what the typings forbid: a payload without its User ID. */
function raw(viewer: RawViewer): (event: string, payload: unknown) => Promise<Ack<unknown>> {
  return viewer.request as unknown as (event: string, payload: unknown) => Promise<Ack<unknown>>;
}

test("a start without a User ID, with one that is malformed, mistyped or unknown", async () => {
  const { viewer, user_id } = await scene();
  const start = async (id?: string) =>
    words(
      await raw(viewer)("start_analysis_session", { ...START, ...(id === undefined ? {} : { user_id: id }) }),
    );
  const required =
    "user_id_required: User ID is required to start analysis. Enter the one that the agent shows on its screen.";
  expect(await start()).toBe(required);
  expect(await start("")).toBe(required);
  expect(await start(" ")).toBe(required);
  expect(await start("7k2m-9x")).toBe(
    "invalid_user_id: A User ID has 16 characters; this has 6 characters. Compare it with the agent's screen.",
  );
  const wrong = user_id.slice(0, -1) + (user_id.endsWith("a") ? "b" : "a");
  expect(await start(wrong)).toBe(
    "invalid_user_id: That ID has a typing error. Compare it with the agent's screen.",
  );
  expect(words(await viewer.request("join", { user_id: "0000000000000000" }))).toBe(
    "unknown_user_id: No active agent session found for this User ID. Check the ID on the agent's screen, and that the agent uses this hub.",
  );
});

test("an agent that is offline, and one that is lost during an analysis", async () => {
  const { hub, agent, viewer, user_id } = await scene();
  const offline = "agent_offline: The agent is offline. Start it on the instrument PC, then try again.";
  const { session } = await viewer.ask("start_analysis_session", { user_id, ...START });
  const { session_id } = session;
  await agent.send(session_id, "swv_1.txt", simulatedFile(1));
  const gone = new Promise<void>((heard) =>
    viewer.socket.on("agent_status", ({ state }) => {
      if (state === "offline") heard();
    }),
  );
  agent.socket.disconnect();
  await gone;
  expect(words(await viewer.request("describe_folder", { user_id }))).toBe(offline);
  expect(words(await viewer.request("preview_file", { user_id, name: "swv_1.txt", params: {} }))).toBe(
    offline,
  );
  expect(
    words(
      await viewer.request("start_analysis_session", {
        user_id,
        ...START,
        filters: { pattern: "cv_{n}.txt" },
      }),
    ),
  ).toBe(offline);
  // What was measured stays readable, and the session waits for its agent.
  expect((await viewer.log(user_id, session_id)).names).toEqual(["swv_1.txt"]);
  const again = await startRawViewer(hub.url);
  const joined = await again.ask("join", { user_id });
  expect([joined.agent.state, joined.sessions[0]?.state]).toEqual(["offline", "running"]);
});

test("an empty folder, and files that are no measurements", async () => {
  const { agent, viewer, user_id } = await scene();
  expect(words(await viewer.request("describe_folder", { user_id }))).toBe(
    "folder_empty: The agent's folder has no measurement files yet. They appear here as the instrument writes them; if it writes elsewhere, start the agent on that folder.",
  );
  agent.files.set("notes.txt", new TextEncoder().encode("buy buffer\n"));
  agent.files.set("none.txt", new Uint8Array());
  const preview = async (name: string) =>
    words(await viewer.request("preview_file", { user_id, name, params: {} }));
  expect(await preview("notes.txt")).toMatch(
    /^not_a_measurement: notes\.txt: No known instrument format begins like this: "buy buffer"\. Known formats: .*\. Export the measurement as text from the instrument's software\.$/,
  );
  expect(await preview("none.txt")).toBe(
    "not_a_measurement: none.txt: The file is empty. The instrument may not have written to it yet.",
  );
});

test("a name that leaves the folder", async () => {
  const { agent, viewer, user_id } = await scene();
  const { session } = await viewer.ask("start_analysis_session", { user_id, ...START });
  const sent = await agent.send(session.session_id, "../../etc/passwd.txt", simulatedFile(1));
  const refused =
    "Invalid filename: it leaves the folder. Names must be relative to the watched folder and stay inside it.";
  expect(words(sent)).toBe(`invalid_filename: ${refused}`);
  expect(
    words(await viewer.request("preview_file", { user_id, name: "../../etc/passwd.txt", params: {} })),
  ).toBe(`invalid_filename: ${refused}`);
});

test("an agent without a key, or with one that is none", async () => {
  const hub = await startHub();
  const refusal = (auth: object) => {
    const socket = io(hub.url, { auth, transports: ["websocket"], reconnection: false, forceNew: true });
    onTestFinished(() => void socket.disconnect());
    return new Promise<string>((heard) => socket.on("connect_error", ({ message }) => heard(message)));
  };
  const agent = { role: "agent", protocol: PROTOCOL_VERSION };
  expect(await refusal(agent)).toBe(
    "This agent has no key. Start it with the Benchcast agent, which makes one by itself.",
  );
  expect(await refusal({ ...agent, agent_key: "secret" })).toBe(
    "That is not an agent key. Make a new one with: benchcast-agent id --new",
  );
});

test("the real agent's User ID opens its page whatever line of its screen was copied", async () => {
  const hub = await startHub();
  const { agent } = await startTestAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const shown = agent.userId.match(/.{4}/g)?.join("-");
  const joined = await viewer.ask("join", { user_id: `   User ID   ${shown}      copied to the clipboard` });
  expect(joined.user_id).toBe(agent.userId);
});
