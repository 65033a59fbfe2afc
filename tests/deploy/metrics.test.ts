import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { promtoolPath } from "../support/bring-tools.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

test("Prometheus' own checker finds nothing wrong with names, units and help texts", async () => {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  await agent.send(session.session_id, "swv_1.txt", simulatedFile(1));
  await viewer.log(user_id, session.session_id);
  const input = await (await fetch(`${hub.url}/metrics`)).text();
  const { status, stdout, stderr } = spawnSync(promtoolPath(), ["check", "metrics"], {
    input,
    encoding: "utf8",
  });
  expect(stdout + stderr).toBe("");
  expect(status).toBe(0);
});
