import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nanoid } from "nanoid";
import { describe, expect, onTestFinished, test } from "vitest";
import { LAST_RESORT_MS } from "../../server/operations/drain.ts";
import { openStore } from "../../server/store/open-store.ts";
import type { Bye } from "../../shared/protocol/agent-events.ts";
import { startHub } from "../support/hub.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

/** Far more than both ends of a connection hold back: whoever does not read stalls whoever sends. */
const DOWNLOADS = 60;

/** Asks for downloads and reads none of them. Resolves when the first bytes wait. */
async function stallDownload(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connectTcp({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  socket
    .on("error", () => undefined)
    .write(`GET /agent HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(DOWNLOADS));
  await once(socket, "readable");
  return socket;
}

function byeOf(socket: { once(event: "bye", listener: (bye: Bye) => void): unknown }): Promise<Bye> {
  return new Promise((resolve) => void socket.once("bye", resolve));
}

describe("a hub that is told to end", () => {
  test("tells agents and viewers when to come back, ends within its bound although a download stalls, with 0", async () => {
    const hub = await startHubProcess({ DRAIN_WITHIN_S: "2" });
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    await viewer.ask("join", { user_id: agent.userId });
    await stallDownload(hub.url);
    const byes = Promise.all([agent.bye(), byeOf(viewer.socket)]);
    const from = performance.now();
    const ended = hub.terminate();
    for (const bye of await byes) {
      expect(bye).toMatchObject({ code: "shutdown", retry: true });
      expect(bye.retry_after_ms).toBeLessThanOrEqual(2_000);
    }
    expect(await ended).toBe(0);
    const took_s = (performance.now() - from) / 1_000;
    // The stalled one held it up, as it may: not for longer than the bound and the last resort.
    expect(took_s).toBeGreaterThan(1.5);
    expect(took_s).toBeLessThan(2 + 5);
    expect(hub.output()).toContain('"msg":"clients sent away"');
    expect(hub.errors()).toEqual([]);
  });

  test("from the admin page: the same goodbye, the same bound although a download stalls, and exit code 0", async () => {
    const token = "an-operators-secret-of-some-length";
    const hub = await startHubProcess({ DRAIN_WITHIN_S: "2", ADMIN_TOKEN: token });
    const agent = await startRawAgent(hub.url);
    await stallDownload(hub.url);
    const from = performance.now();
    const authorization = `Bearer ${token}`;
    const drained = await fetch(`${hub.url}/api/admin/drain`, { method: "POST", headers: { authorization } });
    expect(await drained.json()).toMatchObject({ done: expect.stringContaining("ends") });
    expect(await agent.bye()).toMatchObject({ code: "shutdown", retry: true });
    expect(await hub.ended()).toBe(0);
    expect((performance.now() - from) / 1_000).toBeLessThan(2 + 5);
    expect(hub.output()).toContain('"why":"operator"');
  });

  test("whoever tells it to: what hangs is given up after the bound and the last resort", async () => {
    let given = () => {};
    const givenUp = new Promise<void>((resolve) => {
      given = resolve;
    });
    const { hub } = await startHub({ env: { DRAIN_WITHIN_S: "1" }, hangs: given });
    let goOn = () => {};
    hub.fleet.leave = () =>
      new Promise((resolve) => {
        goOn = resolve;
      });
    const from = performance.now();
    const left = hub.leave("operator");
    await givenUp;
    expect(performance.now() - from).toBeGreaterThanOrEqual(1_000 + LAST_RESORT_MS - 50);
    goOn();
    await left;
  });

  test("ends at once at a second signal", async () => {
    const hub = await startHubProcess({ DRAIN_WITHIN_S: "3600" });
    await stallDownload(hub.url);
    const agent = await startRawAgent(hub.url);
    const ended = hub.terminate();
    await agent.bye();
    process.kill(hub.pid(), "SIGTERM");
    expect(await ended).toBe(1);
  });

  test("stops new work before anybody is sent away, is not ready from then on, and takes nobody new", async () => {
    const { hub, url, close } = await startHub();
    const viewer = await startRawViewer(url);
    const steps: string[] = [];
    let stopped = () => {};
    hub.readiness.beforeLeaving(async () => {
      steps.push("stopping");
      await new Promise<void>((resolve) => {
        stopped = resolve;
      });
      steps.push("stopped");
    });
    hub.readiness.beforeLeaving(async () => Promise.reject(new Error("a step that fails stops no other")));
    const bye = byeOf(viewer.socket).then((message) => {
      steps.push("bye");
      return message;
    });
    const draining = hub.readiness.drain();
    expect((await ask(url, "/ready")).status).toBe(503);
    await expect(startRawAgent(url)).rejects.toMatchObject({ data: { code: "shutdown", retryable: true } });
    stopped();
    await draining;
    await close();
    await bye;
    expect(steps).toEqual(["stopping", "stopped", "bye"]);
  });

  test("spreads its clients' return, and frees its agents' places", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "benchcast-drain-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const { url, close } = await startHub({ dataDir });
    await startRawAgent(url);
    const viewers = await Promise.all(Array.from({ length: 40 }, () => startRawViewer(url)));
    const byes = viewers.map(({ socket }) => byeOf(socket));
    await close();
    const tenths = (await Promise.all(byes)).map(({ retry_after_ms }) => Math.floor(retry_after_ms / 200));
    for (let tenth = 0; tenth < 10; tenth += 1)
      expect(tenths.filter((other) => Math.min(9, other) === tenth).length).toBeGreaterThanOrEqual(2);
    const store = await openStore({ redisUrl: undefined, dataDir, newId: nanoid });
    expect(await store.listRecords("agent_user_mapping")).toEqual(new Map());
    expect(await store.listRecords("owners")).toEqual(new Map());
    await store.close();
  });
});
