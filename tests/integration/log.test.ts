import { expect, test } from "vitest";
import { isLogEvent } from "../../server/log/log-events.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

type Line = Readonly<Record<string, unknown>>;

const linesOf = (hub: HubProcess): Line[] =>
  hub
    .output()
    .split("\n")
    .map((line) => JSON.parse(line));

/** The lines about connections that are over, once there are so many. */
async function ends(hub: HubProcess, count: number): Promise<Line[]> {
  const over = () => linesOf(hub).filter(({ msg }) => msg === "connection ended");
  await expect.poll(() => over().length).toBe(count);
  return over();
}

test("the life of each connection is one line when it ends: who, whose, how long, how much, why", async () => {
  const hub = await startHubProcess();
  const agent = await startRawAgent(hub.url);
  const { userId: user_id } = agent;
  const viewer = await startRawViewer(hub.url);
  const filters = { pattern: "swv_{n}.txt" };
  await viewer.ask("join", { user_id });
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  const content = simulatedFile(1);
  await agent.send(session.session_id, "swv_1.txt", content);
  await viewer.pushed(session.session_id, 1);
  viewer.socket.disconnect();
  const [watched] = await ends(hub, 1);
  const tag = userTag(user_id as UserId);
  expect(watched).toMatchObject({
    ...{ level: 30, role: "viewer", agent: tag, transport: "websocket" },
    // Its handshake, two requests and its goodbye.
    messages_in: 4,
    reason: expect.stringMatching(/^(transport close|client namespace disconnect|forced close)$/),
  });
  expect(Number(watched?.messages_out)).toBeGreaterThanOrEqual(4);
  expect(Date.parse(String(watched?.opened))).toBeLessThanOrEqual(Number(watched?.time));
  expect(Number(watched?.lasted_s)).toBeLessThan(600);

  // The same agent comes again as another process: the older one is told, and its line says so.
  const newer = await startRawAgent(hub.url, { key: agent.key });
  const [, replaced] = await ends(hub, 2);
  expect(replaced).toMatchObject({ role: "agent", agent: tag, reason: "replaced" });
  expect(Number(replaced?.bytes_in)).toBeGreaterThan(content.length);
  expect(Number(replaced?.bytes_in)).toBeLessThan(content.length + 4_096);

  // By long-polling, and of one that was refused.
  const polling = await startRawViewer(hub.url, { transport: "polling" });
  polling.socket.disconnect();
  expect((await ends(hub, 3)).at(-1)).toMatchObject({ role: "viewer", agent: null, transport: "polling" });
  await expect(startRawAgent(hub.url, { key: `${newAgentKey()} ${"x".repeat(200)}` })).rejects.toMatchObject({
    data: { code: "invalid_agent_key" },
  });
  expect((await ends(hub, 4)).at(-1)).toMatchObject({ role: null, agent: null, reason: "invalid_agent_key" });

  await Promise.all([newer.bye(), hub.terminate()]);
  expect((await ends(hub, 5)).at(-1)).toMatchObject({ role: "agent", agent: tag, reason: "shutdown" });
  // And every line there was is one of the closed list.
  expect(linesOf(hub).filter(({ msg }) => !isLogEvent(msg))).toEqual([]);
});
