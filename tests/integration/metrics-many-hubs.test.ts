import { expect, test } from "vitest";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubs } from "../support/hubs.ts";
import { PrometheusText } from "../support/prometheus-text.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

test("a push that a viewer misses is counted by the hub that the viewer is on, whichever hub holds the agent", async () => {
  const { hubs } = await startHubs(2);
  const [here, there] = hubs;
  if (here === undefined || there === undefined) throw new Error("Two hubs are needed.");
  const agent = await startRawAgent(here.url);
  const { userId: user_id } = agent;
  const tag = userTag(user_id as UserId);
  const viewer = await startRawViewer(there.url);
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  await expect.poll(() => here.hub.elsewhere.count(tag), { timeout: 20_000 }).toBe(1);
  const pushes = async (outcome: string) => {
    const said = await PrometheusText.of(there.url);
    return said.value(`benchcast_pushes_total{outcome="${outcome}"}`) ?? 0;
  };
  const sent = await pushes("sent");
  await agent.send(session.session_id, "swv_1.txt", simulatedFile(1));
  await viewer.pushed(session.session_id, 1);
  await expect.poll(() => pushes("sent")).toBeGreaterThan(sent);
  expect(await pushes("dropped")).toBe(0);

  // Its line is full from now on, as that of a viewer which does not read.
  const [socket] = there.hub.audience.members(tag);
  Object.defineProperty(socket?.conn.transport, "writable", { get: () => false, set: () => undefined });
  await agent.send(session.session_id, "swv_2.txt", simulatedFile(2));
  await expect.poll(() => pushes("dropped")).toBeGreaterThan(0);
  // The agent's own hub has no viewers, so it has neither sent nor dropped.
  const own = await PrometheusText.of(here.url);
  expect(own.value('benchcast_pushes_total{outcome="sent"}')).toBe(0);
  expect(own.value('benchcast_pushes_total{outcome="dropped"}')).toBe(0);
});
