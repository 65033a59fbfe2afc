import { expect, test, vi } from "vitest";
import { MAX_RUNNING_SESSIONS } from "../../shared/protocol/limits.ts";
import { startHub } from "../support/hub.ts";
import { startHubs } from "../support/hubs.ts";
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

test("of several starts in one moment, on two hubs, one begins; the others hear what runs", async () => {
  const { hubs } = await startHubs(2);
  const { userId: user_id } = await startRawAgent(hubs[0]?.url ?? "");
  const viewers = await Promise.all([...hubs, ...hubs].map(({ url }) => startRawViewer(url)));
  for (const viewer of viewers) await viewer.ask("join", { user_id });
  const wish = { user_id, filters: { pattern: "scan_{n}.txt" }, analysisParams: {} };
  const answers = await Promise.all(viewers.map((viewer) => viewer.request("start_analysis_session", wish)));
  const [begun, ...others] = answers.flatMap((answer) => (answer.ok ? [answer.value.session] : []));
  expect(others).toEqual([]);
  const refused = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
  expect(refused).toHaveLength(3);
  for (const error of refused)
    expect(error).toMatchObject({ code: "agent_busy", details: { session_id: begun?.session_id } });
  expect((await viewers[0]?.ask("list_sessions", { user_id }))?.sessions).toHaveLength(1);
});

test("the most sessions that may run are not exceeded by starts in one moment; what was refused leaves no log", async () => {
  const { url, hub } = await startHub();
  const { userId: user_id } = await startRawAgent(url);
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  const made = vi.spyOn(hub.store, "createLog");
  const answers = await Promise.all(
    Array.from({ length: MAX_RUNNING_SESSIONS + 4 }, (_, n) =>
      viewer.request("start_analysis_session", {
        user_id,
        filters: { pattern: `series${n}x_{n}.txt` },
        analysisParams: {},
      }),
    ),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(MAX_RUNNING_SESSIONS);
  const logs = await hub.store.heads([...new Set(made.mock.calls.map(([key]) => key))]);
  expect(logs.filter((log) => log !== null)).toHaveLength(MAX_RUNNING_SESSIONS);
});
