import { nanoid } from "nanoid";
import { io } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { startAgent } from "../../agent/agent.ts";
import { NEW_AGENTS_PER_HOUR, WRONG_PER_ADDRESS } from "../../server/edge/limits.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { startTestAgent, temporaryFolder } from "../support/agent.ts";
import { startHub } from "../support/hub.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const TOKEN = "correct-horse-battery";
const env = { AGENT_TOKENS: `lab-a:${TOKEN},lab-b:another_token_of_lab_b` };

/** Knocks as an agent with a token. @returns "registered", or the code of the refusal */
function knock(url: string, enrolment?: unknown): Promise<string> {
  const who = { role: "agent", protocol: PROTOCOL_VERSION, agent_key: newAgentKey(), instance: nanoid() };
  const auth = { ...who, name: "P-1", version: "0.1.0", os: "test", folder: "scans", enrolment };
  const socket = io(url, { auth, transports: ["websocket"], reconnection: false, forceNew: true });
  onTestFinished(() => void socket.disconnect());
  return new Promise((resolve) => {
    socket.on("registered", () => resolve("registered"));
    socket.on("bye", ({ code }: { code: string }) => resolve(code));
    socket.on("connect_error", (error) => resolve((error as Error & { data: { code: string } }).data.code));
  });
}

describe("a hub with enrolment tokens", () => {
  test("takes agents that show one of them, and no others", async () => {
    const { url, hub } = await startHub({ env });
    expect(await knock(url, TOKEN)).toBe("registered");
    expect(await knock(url, "another_token_of_lab_b")).toBe("registered");
    expect(await knock(url)).toBe("enrolment_required");
    expect(await knock(url, "")).toBe("enrolment_required");
    expect(await knock(url, "lab-a")).toBe("invalid_enrolment");
    expect(await knock(url, `${TOKEN}x`)).toBe("invalid_enrolment");
    expect(await knock(url, "x".repeat(10_000))).toBe("invalid_message");
    expect(await knock(url, { __proto__: TOKEN })).toBe("invalid_message");
    expect(hub.peers.all()).toHaveLength(2);
    expect((await hub.store.listRecords("agents")).size).toBe(2);
  });

  test("takes the real agent with its token", async () => {
    const { url } = await startHub({ env });
    const { agent } = await startTestAgent(url, { token: TOKEN });
    expect(agent.report()).toMatchObject({ connection: { is: "connected" }, problems: [] });
  });

  test("tells the real agent without one what to do", async () => {
    const { url } = await startHub({ env });
    const [folder, configFolder] = [await temporaryFolder(), await temporaryFolder()];
    const trouble = new Promise<string>((resolve) => {
      const agent = startAgent({
        hubUrl: url,
        folder,
        configFolder,
        onReport: ({ problems }) => {
          const connection = problems.find(({ id }) => id === "connection");
          if (connection !== undefined) resolve(connection.text);
        },
      });
      onTestFinished(() => agent.stop());
    });
    expect(await trouble).toContain("--token");
  });

  test("stops an address that tries one after the other; enrolled agents there go on", async () => {
    const { url } = await startHub({ env });
    expect(await knock(url, TOKEN)).toBe("registered");
    for (let tried = 0; tried < WRONG_PER_ADDRESS; tried += 1)
      expect(await knock(url, `guessed-token-${tried}`)).toBe("invalid_enrolment");
    expect(await knock(url, "another_token_of_lab_b")).toBe("too_many_requests");
    expect(await knock(url, TOKEN)).toBe("registered");
  });

  test("asks viewers for none", async () => {
    const { url } = await startHub({ env });
    const viewer = await startRawViewer(url);
    expect(await viewer.request("join", { user_id: "7k2m9xqdt4hwb8z7" })).toMatchObject({
      error: { code: "unknown_user_id" },
    });
  });
});

test("an address can bring a bounded number of new User IDs; known ones always come back", async () => {
  const { url, hub } = await startHub();
  const known = await startRawAgent(url);
  for (let number = 1; number < NEW_AGENTS_PER_HOUR; number += 1) hub.edge.admitNewAgent("127.0.0.1");
  expect(await knock(url)).toBe("too_many_requests");
  expect((await startRawAgent(url, { key: known.key })).userId).toBe(known.userId);
  expect((await hub.store.listRecords("agents")).size).toBe(1);
});
