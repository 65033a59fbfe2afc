import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import { type AnalysisScene, sceneOf, startAnalysis, startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startHubs } from "../support/hubs.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

/** Every export is a large one. */
const ALL_LARGE = { EXPORT_DIRECT_S: "0" };
const file = (n: number) => simulatedFile(n, { step_v: 0.005 });

async function asked(
  { viewer, user_id, session_id }: Pick<AnalysisScene, "viewer" | "user_id" | "session_id">,
  format: ExportFormat = "csv",
): Promise<TaskView> {
  const reply = await viewer.ask("request_export_data", { user_id, session_id, format });
  if (!("task" in reply)) throw new Error("It was not made as a task.");
  return reply.task;
}

async function made(scene: AnalysisScene, format: ExportFormat = "csv"): Promise<TaskView> {
  return scene.ended((await asked(scene, format)).task_id);
}

function direct(url: string, { session_id, user_id }: AnalysisScene, format: ExportFormat) {
  const headers = { authorization: `Bearer ${user_id}` };
  return fetch(`${url}/api/sessions/${session_id}/export.${format}`, { headers });
}

const files = (dataDir: string) => readdir(join(dataDir, "exports"));

describe("a large export", () => {
  test("is made as a task that says how far it is, and its link gives the very bytes of a direct one", async () => {
    const { hub, send, ...scene } = await startAnalysis({}, { env: ALL_LARGE });
    for (let n = 1; n <= 5; n++) await send(`swv_${n}.txt`, file(n));
    const formats = ["csv", "parquet", "sacmes.txt"] as const;
    for (const format of formats) {
      const { kind, state, label, done, total, result } = await made({ ...scene, send }, format);
      expect({ kind, state, label }).toMatchObject({
        kind: "export",
        state: "done",
        label: expect.stringContaining(format),
      });
      expect([done, total]).toEqual([10, 10]);
      const response = await fetch(`${hub.url}${result?.path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-disposition")).toContain(result?.filename);
      expect(response.headers.get("x-benchcast-end")).toBe("5");
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("content-length")).toBe(String(bytes.length));
      const own = Buffer.from(await (await direct(hub.url, { ...scene, send }, format)).arrayBuffer());
      // A Parquet file says when it was made.
      if (format !== "parquet") expect(bytes.equals(own)).toBe(true);
      const manifest = await fetch(`${hub.url}${result?.path}/manifest.json`);
      expect(await manifest.json()).toMatchObject({ log: { since: 0, end: 5 } });
    }
    expect(await files(hub.dataDir)).toHaveLength(formats.length);
  });

  test("is one task however often it is asked for; another after a new file, or a note", async () => {
    const { hub, send, ...scene } = await startAnalysis({}, { env: ALL_LARGE });
    const whole = { ...scene, send };
    for (let n = 1; n <= 3; n++) await send(`swv_${n}.txt`, file(n));
    const both = await Promise.all([asked(whole), asked(whole)]);
    expect(both[0].task_id).toBe(both[1].task_id);
    const done = await scene.ended(both[0].task_id);
    expect(await asked(whole)).toMatchObject({ task_id: done.task_id, state: "done", result: done.result });
    expect((await made(whole, "json")).task_id).not.toBe(done.task_id);
    await send("swv_4.txt", file(4));
    const later = await made(whole);
    expect(later.task_id).not.toBe(done.task_id);
    const { user_id, session_id, viewer } = scene;
    const at = { offset: 1 };
    const change = {
      do: "add",
      note_id: "a-note-of-this-test",
      kind: "exclude",
      at,
      text: "bubble",
    } as const;
    await viewer.ask("annotate", { user_id, session_id, change });
    const noted = await made(whole);
    expect(await (await fetch(`${hub.url}${noted.result?.path}`)).text()).toContain(",true,bubble,");
  });

  test("can be taken back while it waits, and leaves nothing behind when it is cut short", async () => {
    const env = { ...ALL_LARGE, MAX_CONCURRENT_TASKS: "1" };
    const { hub, send, ...scene } = await startAnalysis({}, { env });
    const whole = { ...scene, send };
    for (let n = 1; n <= 3; n++) await send(`swv_${n}.txt`, file(n));
    const { breathing, resume } = holdFileTurns(hub.hub);
    const [running, waiting] = [await asked(whole, "csv"), await asked(whole, "json")];
    await breathing;
    expect(waiting).toMatchObject({ state: "queued", position: 1 });
    const { user_id, viewer } = scene;
    for (const { task_id } of [waiting, running])
      expect(await viewer.ask("cancel_task", { user_id, task_id })).toMatchObject({ state: "cancelled" });
    resume();
    await vi.waitFor(async () => expect(await files(hub.dataDir)).toEqual([]), 10_000);
    expect((await made(whole, "csv")).state).toBe("done");
  });

  test("that needs more than the hub's room fails and says what to do; older ones make room for it", async () => {
    const { hub, send, ...scene } = await startAnalysis({}, { env: { ...ALL_LARGE, EXPORT_BUDGET_MB: "1" } });
    const whole = { ...scene, send };
    const noise = randomBytes(400_000);
    for (const n of [1, 2])
      await send(
        `swv_${n}.txt`,
        noise.map((byte) => byte ^ n),
      );
    const first = await made(whole, "zip");
    expect(first.state).toBe("done");
    await send("swv_3.txt", file(3));
    expect((await made(whole, "zip")).state).toBe("done");
    expect(await files(hub.dataDir)).toHaveLength(1);
    // What was crowded out is made anew while it is read, and is the same stretch.
    const again = await fetch(`${hub.url}${first.result?.path}`);
    expect([again.status, again.headers.get("x-benchcast-end")]).toEqual([200, "2"]);
    expect((await again.arrayBuffer()).byteLength).toBeGreaterThan(800_000);
    for (const n of [4, 5])
      await send(
        `swv_${n}.txt`,
        noise.map((byte) => byte ^ n),
      );
    const failed = await made(whole, "zip");
    expect(failed).toMatchObject({
      state: "failed",
      error: { code: "store_full", message: expect.stringMatching(/1 MB.*one electrode.*EXPORT_BUDGET_MB/) },
    });
    // Other exports need not suffer from it.
    expect((await made(whole, "csv")).state).toBe("done");
  });

  test("can be fetched for a day, and goes with its session", async () => {
    let now = Date.now();
    const { hub, send, ...scene } = await startAnalysis({}, { env: ALL_LARGE, now: () => now });
    const whole = { ...scene, send };
    await send("swv_1.txt", file(1));
    const { result } = await made(whole);
    now += 23 * 3_600_000;
    expect((await fetch(`${hub.url}${result?.path}`)).status).toBe(200);
    now += 2 * 3_600_000;
    const late = await fetch(`${hub.url}${result?.path}`);
    expect([late.status, await late.json()]).toMatchObject([410, { error: { code: "link_expired" } }]);
    await vi.waitFor(async () => expect(await files(hub.dataDir)).toEqual([]), 10_000);
    const other = await made(whole);
    const { user_id, session_id, viewer } = scene;
    await viewer.ask("delete_session", { user_id, session_id });
    expect(await files(hub.dataDir)).toEqual([]);
    expect((await fetch(`${hub.url}${other.result?.path}`)).status).toBe(404);
  });

  test("survives a restart of its hub; what an earlier run did not finish is removed", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "benchcast-exports-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const before = await startAnalysis({}, { env: ALL_LARGE, dataDir });
    await before.send("swv_1.txt", file(1));
    const { result, task_id } = await made(before);
    await before.hub.close();
    await mkdir(join(dataDir, "exports"), { recursive: true });
    await writeFile(join(dataDir, "exports", "a.b.c.d.part"), "half of");
    const hub = await startHub({ env: ALL_LARGE, dataDir });
    const kept = await files(dataDir);
    expect(kept).toEqual([expect.stringContaining(task_id)]);
    expect((await fetch(`${hub.url}${result?.path}`)).headers.get("content-length")).not.toBeNull();
    const yesterday = (Date.now() - 25 * 3_600_000) / 1_000;
    await utimes(join(dataDir, "exports", kept[0] ?? ""), yesterday, yesterday);
    await hub.close();
    await startHub({ env: ALL_LARGE, dataDir });
    await vi.waitFor(async () => expect(await files(dataDir)).toEqual([]), 10_000);
  });

  test("goes on after its hub was killed, and is whole", async () => {
    const hub = await startHubProcess({ ...ALL_LARGE, MAX_CONCURRENT_TASKS: "1" });
    const first = await startSessionOn(hub.url);
    for (let n = 1; n <= 60; n++) await first.send(`swv_${n}.txt`, file(n));
    const { task_id } = await asked(first, "xlsx");
    await hub.kill9();
    await hub.start();
    const viewer = await startRawViewer(hub.url);
    const { user_id, session_id } = first;
    await viewer.ask("join", { user_id });
    const scene = sceneOf(first.agent, viewer, session_id);
    const { state, result } = await scene.ended(task_id);
    expect(state).toBe("done");
    const response = await fetch(`${hub.url}${result?.path}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).toBe(Number(response.headers.get("content-length")));
    // End of central directory: the archive is whole.
    expect(bytes.subarray(-22, -18).toString("latin1")).toBe("PK\u0005\u0006");
    expect(await files(hub.dataDir)).toHaveLength(1);
  });
});

describe("who may have it", () => {
  test("a guest has its own, sees no result of others, takes back only its own; with the link its path ends", async () => {
    const { hub, send, ...scene } = await startAnalysis({}, { env: ALL_LARGE });
    const { viewer, user_id, session_id } = scene;
    await send("swv_1.txt", file(1));
    const own = await made({ ...scene, send });
    const { token, link } = await viewer.ask("create_share_link", {
      user_id,
      role: "view",
      label: "guest",
      expires_in_s: null,
    });
    const guest = await startRawViewer(hub.url);
    const joined = await guest.ask("join", { share_token: token });
    const theirs = { viewer: guest, user_id: joined.user_id, session_id };
    expect(joined.tasks).toMatchObject([{ task_id: own.task_id, state: "done", result: null }]);
    const task = await asked(theirs);
    expect(task.task_id).not.toBe(own.task_id);
    const { result } = await scene.ended(task.task_id);
    expect((await fetch(`${hub.url}${result?.path}`)).status).toBe(200);
    for (const text of [result?.path ?? "", ticketOf(result?.path), JSON.stringify(joined.tasks)])
      expect(text).not.toContain(user_id);
    const { breathing, resume } = holdFileTurns(hub.hub);
    const [mine, yours] = [await asked(scene, "json"), await asked(theirs, "json")];
    await breathing;
    const cancel = (task_id: string) => guest.request("cancel_task", { user_id: joined.user_id, task_id });
    expect(await cancel(mine.task_id)).toMatchObject({ ok: false, error: { code: "forbidden" } });
    expect(await cancel(yours.task_id)).toMatchObject({ ok: true, value: { state: "cancelled" } });
    resume();
    await viewer.ask("revoke_share_link", { user_id, link_id: link.link_id });
    const late = await fetch(`${hub.url}${result?.path}`);
    expect([late.status, await late.json()]).toMatchObject([410, { error: { code: "link_expired" } }]);
    expect((await fetch(`${hub.url}${own.result?.path}`)).status).toBe(200);
  });

  test("a guest cannot fill the queue", async () => {
    const { hub, send, ...scene } = await startAnalysis(
      {},
      { env: { ...ALL_LARGE, MAX_CONCURRENT_TASKS: "1" } },
    );
    const { viewer, user_id, session_id } = scene;
    await send("swv_1.txt", file(1));
    const wish = { user_id, role: "view", label: "guest", expires_in_s: null } as const;
    const { token } = await viewer.ask("create_share_link", wish);
    const guest = await startRawViewer(hub.url);
    const joined = await guest.ask("join", { share_token: token });
    const { breathing, resume } = holdFileTurns(hub.hub);
    onTestFinished(resume);
    const ask = (format: ExportFormat) =>
      guest.request("request_export_data", { user_id: joined.user_id, session_id, format });
    for (const format of ["csv", "json", "xlsx", "zip"] as const) {
      expect((await ask(format)).ok).toBe(true);
      await breathing;
    }
    const refused = await ask("parquet");
    expect(refused).toMatchObject({ ok: false, error: { code: "too_many_tasks", details: { limit: 3 } } });
    expect((await asked(scene, "parquet")).state).toBe("queued");
  });
});

test("with many hubs a download that comes to another than the one that made it gives the same bytes", async () => {
  const { hubs } = await startHubs(2, ALL_LARGE);
  const [a, b] = hubs;
  if (a === undefined || b === undefined) throw new Error("There are two.");
  const scene = await startSessionOn(a.url);
  for (let n = 1; n <= 80; n++) await scene.send(`swv_${n}.txt`, simulatedFile(n, { step_v: 0.002 }));
  const { result, state } = await made(scene, "zip");
  const table = await made(scene, "csv");
  expect([state, table.state]).toEqual(["done", "done"]);
  const kept = await Promise.all(hubs.map(({ dataDir }) => files(dataDir)));
  expect(kept.flat()).toHaveLength(2);
  const fetched = await Promise.all(
    [a, b].map(async ({ url }) => {
      const response = await fetch(`${url}${result?.path}`);
      return { length: response.headers.get("content-length"), bytes: await response.arrayBuffer() };
    }),
  );
  const [one, other] = fetched.map(({ bytes }) => Buffer.from(bytes));
  // More than one part from hub to hub.
  expect(one?.length).toBeGreaterThan(300_000);
  expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
  expect(fetched.map(({ length }) => length)).toEqual([String(one?.length), String(one?.length)]);
  // The hubs that made them are gone for good: what is left makes the table anew from the log.
  const text = await (await fetch(`${a.url}${table.result?.path}`)).text();
  await rm(join(a.dataDir, "exports"), { recursive: true });
  await b.close();
  await a.hub.fleet.look();
  expect(await (await fetch(`${a.url}${table.result?.path}`)).text()).toBe(text);
});

function ticketOf(path = ""): string {
  return Buffer.from(path.split("/").at(-1) ?? "", "base64url").toString("latin1");
}

/** Exports wait for files that come in; here they wait for the test. */
function holdFileTurns(hub: { readonly fileTurns: { rest(): Promise<void> } }) {
  const waiting: (() => void)[] = [];
  let begun = () => {};
  const breathing = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const spy = vi.spyOn(hub.fileTurns, "rest").mockImplementation(() => {
    begun();
    return new Promise((resolve) => void waiting.push(resolve));
  });
  const resume = () => {
    spy.mockRestore();
    for (const go of waiting) go();
  };
  return { breathing, resume };
}
