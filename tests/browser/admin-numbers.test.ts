import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { AdminState } from "../../shared/protocol/admin.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { agoText } from "../../web/words/moments.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { PrometheusText } from "../support/prometheus-text.ts";
import { announcement, sendWhole, startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const ADMIN_TOKEN = "an-operators-token-of-some-length";
const MIB = 1024 ** 2;

/** A hub on which every number of the page is another one than 0. */
async function startScene() {
  const BACKUP_DIR = await temporaryFolder();
  const env = { ADMIN_TOKEN, BACKUP_DIR, LOG_LEVEL: "silent", MAX_CONCURRENT_TASKS: "1" };
  const hub = await startHub({ env });
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  await startRawAgent(hub.url, { name: "Bench B" });
  const { userId: user_id } = agent;
  const viewers = await Promise.all([1, 2, 3].map(() => startRawViewer(hub.url)));
  for (const viewer of viewers) await viewer.ask("join", { user_id });
  const [viewer] = viewers;
  if (viewer === undefined) throw new Error("There is no viewer.");
  const filters = { pattern: "swv_{n}.txt" };
  const start = () => viewer.request("start_analysis_session", { user_id, filters, analysisParams: {} });
  const started = await start();
  if (!started.ok) throw new Error(started.error.message);
  const { session_id } = started.value.session;
  // Refused, for the same files are taken already.
  await start();
  for (const n of [1, 2, 2]) await agent.send(session_id, `swv_${n}.txt`, simulatedFile(n));
  await agent.send(session_id, "other.txt", simulatedFile(4));
  await sendWhole(agent, session_id, { filename: "swv_3.txt" }, randomBytes(3 * MIB));
  // Its content is not the one that was announced.
  const announced = announcement(simulatedFile(5));
  const content = simulatedFile(5).fill(0);
  const damaged = { ...announced, session_id, filename: "swv_5.txt", from: 0, content };
  await agent.socket.emitWithAck("stream_instrument_data", damaged);
  await hub.hub.backups?.make();
  // A connection that takes nothing cannot be had at will: the very counter that counts such pushes.
  hub.hub.metrics.viewers.pushed(0, 4);
  const tag = userTag(user_id as UserId);
  // Runs until it is cancelled; two more wait for it.
  hub.hub.tasks.register("export", (_task, { signal }) => {
    return new Promise(
      (_resolve, reject) => void signal.addEventListener("abort", () => reject(new Error())),
    );
  });
  const task = { tag, kind: "export" as const, session_id: null, label: "Export", payload: null };
  for (let n = 0; n < 3; n += 1) await hub.hub.tasks.submit(task);
  await expect.poll(() => hub.hub.tasks.counts).toEqual({ running: 1, queued: 2 });
  const { load } = hub.hub.metrics;
  load.tick();
  // Measured every second: held still from here on, so that page and metrics can be compared.
  Object.assign(load, { tick: () => undefined });
  return hub;
}

const number = (text: string) => Number(text.replace(/[^\d.]/g, ""));

test("every number on the operator's page is that of /metrics at the same moment", async () => {
  const hub = await startScene();
  const { page } = await openWindow();
  await page.goto(`${hub.url}/admin`);
  await page.getByTestId("token").fill(ADMIN_TOKEN);
  const answered = page.waitForResponse((reply) => reply.url().endsWith("/api/admin/state") && reply.ok());
  await page.keyboard.press("Enter");
  const state = (await (await answered).json()) as AdminState; // this hub's own answer
  await page.getByTestId("glance").waitFor();
  const shown = new Map<string, string>();
  for (const fact of await page.getByTestId("glance").locator("div").all())
    shown.set(await fact.locator("dt").innerText(), await fact.locator("dd").innerText());
  const said = await PrometheusText.of(hub.url);
  const metric = (series: string) => said.value(series) ?? Number.NaN;
  const file = (outcome: string) => metric(`benchcast_files_total{outcome="${outcome}"}`);
  const tasks = (standing: string) => metric(`benchcast_tasks{state="${standing}"}`);

  // Nothing happens meanwhile, so these stand still.
  const still: Record<string, number> = {
    Agents: metric("benchcast_agents_connected"),
    Viewers: metric("benchcast_viewers_connected"),
    "Sessions running": metric("benchcast_sessions_running"),
    "Files stored": file("stored"),
    Duplicates: file("duplicate"),
    Rejected: file("rejected"),
    Failed: file("failed"),
    "Pushes dropped": metric('benchcast_pushes_total{outcome="dropped"}'),
    "Tasks running": tasks("running"),
    "Tasks queued": tasks("queued"),
  };
  for (const [name, value] of Object.entries(still)) expect(number(shown.get(name) ?? ""), name).toBe(value);
  expect(Object.values(still)).toEqual([2, 3, 1, 3, 1, 1, 1, 4, 1, 2]);
  expect(number(shown.get("Received") ?? "")).toBe(
    Math.round(metric("benchcast_file_bytes_received_total") / MIB),
  );
  expect(metric("benchcast_file_bytes_received_total")).toBeGreaterThan(3 * MIB);
  for (const code of ["agent_busy", "hash_mismatch"])
    expect(shown.get("Refusals")).toContain(`${code} ${metric(`benchcast_refusals_total{code="${code}"}`)}`);
  const backupAgo_s = state.hub.now_ms / 1_000 - metric("benchcast_backup_last_success_timestamp_seconds");
  expect(backupAgo_s).toBeGreaterThanOrEqual(0);
  expect(shown.get("Last backup")).toBe(agoText(backupAgo_s * 1_000));

  const percent = (series: string) => `${Math.round(100 * metric(series))} %`;
  expect([shown.get("Event loop busy"), shown.get("How full")]).toEqual([
    percent("benchcast_event_loop_busy_ratio"),
    percent("benchcast_scale_out_ratio"),
  ]);
  expect(metric("benchcast_event_loop_busy_ratio")).toBeGreaterThan(0);
  expect(metric("benchcast_scale_out_ratio")).toBe(1);
  const memory_mib = metric("process_resident_memory_bytes") / MIB;
  expect(Math.abs(number(shown.get("Memory") ?? "") - memory_mib)).toBeLessThan(memory_mib / 4);

  // The tables are the same things one by one.
  const rows = (table: string) => page.getByTestId(table).locator("tbody tr");
  expect(await rows("agents").count()).toBe(still.Agents);
  expect(await rows("viewers").count()).toBe(still.Viewers);
  expect(await rows("running-sessions").count()).toBe(still["Sessions running"]);
  expect(await rows("tasks").count()).toBe(tasks("running") + tasks("queued"));
  const cell = async (table: string, row: number, column: number) =>
    number(await rows(table).nth(row).locator("td").nth(column).innerText());
  expect(await cell("running-sessions", 0, 3)).toBe(file("stored"));
  expect(await cell("hubs", 0, 1)).toBe(still.Agents);
  expect(await cell("waits-by-hour", 0, 1)).toBe(metric("benchcast_task_wait_seconds_count"));
  expect(await page.getByText(/files? in the last hour/).innerText()).toBe(
    `${metric("benchcast_files_received_total")} files in the last hour`,
  );
});
