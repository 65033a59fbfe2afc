import { expect, test } from "vitest";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

test("two techniques may share files; one technique with overlapping filters is refused, saying what runs and since when", async () => {
  const { url } = await startHub();
  const { userId: user_id } = await startRawAgent(url);
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  const start = (pattern: string, technique: "swv" | "cv") =>
    viewer.request("start_analysis_session", {
      user_id,
      technique,
      filters: { pattern },
      analysisParams: {},
      label: technique,
    });
  const first = await start("scan_{n}.txt", "swv");
  expect(await start("scan_{n}.txt", "cv")).toMatchObject({ ok: true });
  if (!first.ok) throw new Error(first.error.message);
  const { session_id, created_at_ms } = first.value.session;
  expect(await start("{*}_{n}.txt", "swv")).toMatchObject({
    error: { code: "agent_busy", details: { session_id, label: "swv", created_at_ms } },
  });
  expect(await start("other_{n}.dat", "swv")).toMatchObject({ ok: true });
});
