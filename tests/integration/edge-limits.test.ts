import { connect } from "node:net";
import Fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  AGENT_IN_FLIGHT,
  IDLE_MS,
  PACKETS_RATE,
  REFUSALS_RATE,
  VIEWER_IN_FLIGHT,
  VIEWER_REQUESTS_RATE,
} from "../../server/edge/limits.ts";
import { serverOptions } from "../../server/http/server-options.ts";
import { DEFAULT_SWV_PARAMS } from "../../shared/electrochem/swv.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import { MAX_MESSAGE_BYTES } from "../../shared/protocol/limits.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";
import { openRawWebSocket } from "../support/raw-web-socket.ts";

/** A clock that stands until it is moved. */
function standingClock() {
  const clock = { ms: Date.UTC(2026, 0, 15), now: () => clock.ms };
  return clock;
}

/** Sends a request so many times at once; resolves with the codes of the answers (`ok` for a value). */
function flood(viewer: RawViewer, user_id: string, times: number): Promise<string[]> {
  const asked = Array.from({ length: times }, async () => {
    const ack = await viewer.request("list_sessions", { user_id });
    return ack.ok ? "ok" : ack.error.code;
  });
  return Promise.all(asked);
}

const count = (codes: readonly string[], wanted: string) => codes.filter((code) => code === wanted).length;

describe("a connection that asks too much", () => {
  test("gets what its rate allows, and a typed refusal for the rest; others get everything", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const agent = await startRawAgent(hub.url);
    const [loud, quiet] = [await startRawViewer(hub.url), await startRawViewer(hub.url)];
    const user_id = agent.userId;
    await loud.ask("join", { user_id });
    await quiet.ask("join", { user_id });
    const { session } = await quiet.ask("start_analysis_session", {
      user_id,
      filters: { pattern: "swv_{n}.txt" },
      analysisParams: DEFAULT_SWV_PARAMS,
    });

    const flooded = (async () => {
      const codes: string[] = [];
      for (let round = 0; round < 15; round += 1)
        codes.push(...(await flood(loud, user_id, VIEWER_IN_FLIGHT)));
      return codes;
    })();
    for (let number = 1; number <= 20; number += 1)
      expect(await agent.send(session.session_id, `swv_${number}.txt`, simulatedFile(number))).toMatchObject({
        ok: true,
        value: { outcome: "stored" },
      });
    expect(await flood(quiet, user_id, 20)).toEqual(Array(20).fill("ok"));
    const codes = await flooded;
    // One of the burst went into the join.
    expect(count(codes, "ok")).toBe(VIEWER_REQUESTS_RATE.burst - 1);
    expect(count(codes, "too_many_requests")).toBe(codes.length - VIEWER_REQUESTS_RATE.burst + 1);
    expect(quiet.socket.connected && loud.socket.connected).toBe(true);
  });

  test("is told when to come back, and is then answered", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const viewer = await startRawViewer(hub.url);
    const { userId: user_id } = await startRawAgent(hub.url);
    await viewer.ask("join", { user_id });
    for (let asked = 1; asked < VIEWER_REQUESTS_RATE.burst; asked += 1)
      await viewer.ask("list_sessions", { user_id });
    const ack = await viewer.request("list_sessions", { user_id });
    expect(ack).toMatchObject({
      ok: false,
      error: { code: "too_many_requests", retryable: true, details: { retry_after_ms: expect.any(Number) } },
    });
    if (!ack.ok) clock.ms += (ack.error.details as { retry_after_ms: number }).retry_after_ms;
    expect(await viewer.request("list_sessions", { user_id })).toMatchObject({ ok: true });
  });

  test("may have so many requests waiting, and no more", async () => {
    const hub = await startHub();
    const viewer = await startRawViewer(hub.url);
    const { userId: user_id } = await startRawAgent(hub.url);
    await viewer.ask("join", { user_id });
    const codes = await flood(viewer, user_id, 3 * VIEWER_IN_FLIGHT);
    expect(count(codes, "ok")).toBeGreaterThanOrEqual(VIEWER_IN_FLIGHT);
    expect(count(codes, "ok") + count(codes, "too_many_requests")).toBe(codes.length);
    expect(await flood(viewer, user_id, VIEWER_IN_FLIGHT)).not.toContain("too_many_requests");
  });

  test("and does not stop is sent away with a word and a time", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const [unruly, bystander] = [await startRawViewer(hub.url), await startRawViewer(hub.url)];
    const bye = new Promise((resolve) => unruly.socket.once("bye", resolve));
    const gone = new Promise((resolve) => unruly.socket.once("disconnect", resolve));
    const emitter = unruly.socket as unknown as { emit(event: string, payload: object): void };
    // Without an acknowledgement: such requests are not served, but they are counted.
    const most = VIEWER_REQUESTS_RATE.burst + REFUSALS_RATE.burst + 1;
    for (let sent = 0; sent < most; sent += 1) emitter.emit("join", {});
    expect(await bye).toMatchObject({ code: "too_many_requests", retry: true, retry_after_ms: 10_000 });
    expect(await gone).toBe("io server disconnect");
    expect(bystander.socket.connected).toBe(true);
  });

  test("with noise below any request is cut off", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const noisy = await openRawWebSocket(hub.url);
    await noisy.received(/0\{"sid"/);
    for (let sent = 0; sent <= PACKETS_RATE.burst; sent += 1) noisy.text("3");
    await noisy.closed;
  });

  test("an agent that keeps to its credit is never slowed, at its fastest", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const agent = await startRawAgent(hub.url);
    const viewer = await startRawViewer(hub.url);
    const user_id = agent.userId;
    await viewer.ask("join", { user_id });
    const { session } = await viewer.ask("start_analysis_session", {
      user_id,
      filters: { pattern: "swv_{n}.txt" },
      analysisParams: DEFAULT_SWV_PARAMS,
    });
    // Far more than its credit at once: all the hub ever lets it have waiting.
    const content = simulatedFile(1);
    const acks = await Promise.all(
      Array.from({ length: AGENT_IN_FLIGHT }, (_, number) =>
        agent.send(session.session_id, `swv_${number}.txt`, content),
      ),
    );
    expect(acks.every((ack) => ack.ok)).toBe(true);
  });
});

describe("places", () => {
  test("so many viewers may watch one agent; who leaves makes room", async () => {
    const hub = await startHub({ env: { MAX_VIEWERS_PER_AGENT: "2" } });
    const { userId: user_id } = await startRawAgent(hub.url);
    const viewers = [
      await startRawViewer(hub.url),
      await startRawViewer(hub.url),
      await startRawViewer(hub.url),
    ];
    const [one, two, three] = viewers as [RawViewer, RawViewer, RawViewer]; // made in the line above
    await one.ask("join", { user_id });
    await two.ask("join", { user_id });
    expect(await three.request("join", { user_id })).toMatchObject({
      ok: false,
      error: { code: "too_many_viewers", retryable: true, details: { limit: 2 } },
    });
    expect(await two.request("join", { user_id })).toMatchObject({ ok: true });
    await one.ask("leave", { user_id });
    expect(await three.request("join", { user_id })).toMatchObject({ ok: true });
  });

  test("a viewer that joins nothing is let go after 30 s; viewers that joined and agents may be quiet", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const agent = await startRawAgent(hub.url);
    const [idle, watching] = [await startRawViewer(hub.url), await startRawViewer(hub.url)];
    await watching.ask("join", { user_id: agent.userId });
    const bye = new Promise((resolve) => idle.socket.once("bye", resolve));

    clock.ms += IDLE_MS - 1;
    hub.hub.edge.endIdle();
    expect(await idle.request("join", { user_id: "x" })).toMatchObject({
      error: { code: "invalid_user_id" },
    });
    clock.ms += IDLE_MS - 1;
    hub.hub.edge.endIdle();
    expect(await idle.request("join", { user_id: "x" })).toMatchObject({
      error: { code: "invalid_user_id" },
    });
    clock.ms += IDLE_MS;
    hub.hub.edge.endIdle();
    expect(await bye).toMatchObject({ code: "idle", retry: true });
    expect(watching.socket.connected && agent.socket.connected).toBe(true);
    await watching.ask("leave", { user_id: agent.userId });
    const left = new Promise((resolve) => watching.socket.once("bye", resolve));
    clock.ms += IDLE_MS;
    hub.hub.edge.endIdle();
    expect(await left).toMatchObject({ code: "idle" });
  });

  test("a connection that never says who it is is closed", async () => {
    const clock = standingClock();
    const hub = await startHub({ now: clock.now });
    const silent = await openRawWebSocket(hub.url);
    await silent.received(/0\{"sid"/);
    clock.ms += IDLE_MS;
    hub.hub.edge.endIdle();
    await silent.closed;
    expect(hub.hub.edge.connections.size).toBe(0);
  });

  test("one connection greets once: a flood of greetings makes one socket and ends the connection", async () => {
    const hub = await startHub();
    const greedy = await openRawWebSocket(hub.url);
    await greedy.received(/0\{"sid"/);
    for (let sent = 0; sent < 500; sent += 1) greedy.text('40{"role":"viewer","protocol":1}');
    await greedy.closed;
    expect(await (await startRawViewer(hub.url)).socket.connected).toBe(true);
    expect(hub.hub.edge.connections.size).toBe(1);
  });

  test("not even in one body of polling: a thousand agents at once are none", async () => {
    const hub = await startHub();
    const path = "/socket.io/?EIO=4&transport=polling";
    const { sid } = JSON.parse((await ask(hub.url, path)).text.slice(1)) as { sid: string };
    const greeting = () => {
      const who = { role: "agent", protocol: 1, agent_key: newAgentKey(), instance: "process-1" };
      return `40${JSON.stringify({ ...who, name: "x", version: "1", os: "x", folder: "x" })}`;
    };
    const body = Array.from({ length: 1_000 }, greeting).join("\x1e");
    await ask(hub.url, `${path}&sid=${sid}`, { method: "POST", body });
    expect(await ask(hub.url, `${path}&sid=${sid}`)).toMatchObject({ status: 400 });
    expect(hub.hub.peers.all()).toEqual([]);
    expect((await hub.hub.store.listRecords("agents")).size).toBe(0);
  });

  test("a request with more attachments than any has is not waited for", async () => {
    const hub = await startHub();
    const greedy = await openRawWebSocket(hub.url);
    await greedy.received(/0\{"sid"/);
    greedy.text('40{"role":"viewer","protocol":1}');
    await greedy.received(/40\{/);
    greedy.text('451000000-["join",{"_placeholder":true,"num":0}]');
    greedy.frame(2, Buffer.alloc(MAX_MESSAGE_BYTES / 2));
    await greedy.closed;
  });

  test("who sends its request one byte at a time loses its place (slow loris)", async () => {
    const patience = { headers: 100, request: 200, look: 20 };
    const app = Fastify(serverOptions({ LOG_LEVEL: "silent", PUBLIC_URL: undefined }, patience));
    onTestFinished(() => app.close());
    const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
    const closed = (begin: string) => {
      const slow = connect(Number(port), "127.0.0.1", () => slow.write(begin));
      slow.on("error", () => undefined).resume();
      const dripping = setInterval(() => slow.write("x"), 10);
      return new Promise<void>((resolve) =>
        slow.once("close", () => {
          clearInterval(dripping);
          resolve();
        }),
      );
    };
    await Promise.all([
      closed("GET / HTTP/1.1\r\nHost: localhost\r\nX: "),
      closed("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"),
      closed(""),
    ]);
  });
});

test("a hub that is flooded by many viewers of one User ID still answers those of another", async () => {
  const clock = standingClock();
  const hub = await startHub({ now: clock.now });
  const [loud, calm] = [await startRawAgent(hub.url), await startRawAgent(hub.url)];
  const crowd = await Promise.all(Array.from({ length: 12 }, () => startRawViewer(hub.url)));
  for (const viewer of crowd) await viewer.ask("join", { user_id: loud.userId });
  const other = await startRawViewer(hub.url);
  await other.ask("join", { user_id: calm.userId });
  const flooded = Promise.all(
    crowd.map(async (viewer) => {
      const codes: string[] = [];
      for (let round = 0; round < 7; round += 1) codes.push(...(await flood(viewer, loud.userId, 60)));
      return codes;
    }),
  );
  expect(await flood(other, calm.userId, 50)).toEqual(Array(50).fill("ok"));
  // 12 × 420 = 5,040 requests within each viewer's own rate; all of them together may have 4,000.
  expect(count((await flooded).flat(), "ok")).toBe(4_000);
  const ack: Ack<unknown> = await other.request("list_sessions", { user_id: calm.userId });
  expect(ack.ok).toBe(true);
});
