import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { type Tap, TcpProxy } from "../support/tcp-proxy.ts";
import { AckTap } from "./ack-tap.ts";
import { WireSpy } from "./wire-spy.ts";

/** A server that repeats what it hears, and the way to it. */
async function echo(tap?: Tap): Promise<TcpProxy> {
  const server = createServer((socket) => socket.pipe(socket).on("error", () => {}));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const way = await TcpProxy.start(`http://127.0.0.1:${port}`, tap);
  onTestFinished(() => way.close());
  return way;
}

function dial(way: TcpProxy): Socket {
  const socket = connect(Number(new URL(way.url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  return socket.on("error", () => {});
}

async function client(way: TcpProxy): Promise<Socket> {
  const socket = dial(way);
  await once(socket, "connect");
  return socket;
}

/** How a connection ends. */
function endOf(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once("close", () => resolve(undefined));
  });
}

/** Sends text and gives back as much of the echo, with the pieces in which it came. */
async function echoed(socket: Socket, text: string): Promise<{ text: string; pieces: number }> {
  let heard = "";
  let pieces = 0;
  const all = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      pieces += 1;
      if (heard.length >= text.length) resolve();
    });
  });
  socket.write(text);
  await all;
  socket.removeAllListeners("data");
  return { text: heard, pieces };
}

const LONG = "0123456789".repeat(1_000);

describe("the way on which anything can go wrong", () => {
  test("changes nothing when it is clean", async () => {
    expect((await echoed(await client(await echo()), LONG)).text).toBe(LONG);
  });

  test("slices, delays and slows down, and keeps every byte in its order", async () => {
    const way = await echo();
    const socket = await client(way);
    way.poison({ sliced: true, latencyMs: 20, jitterMs: 20 });
    const { text, pieces } = await echoed(socket, LONG);
    expect(text).toBe(LONG);
    expect(pieces).toBeGreaterThan(20);
    way.heal();
    way.poison({ bytesPerSecond: 20_000 }, ["down"]);
    const startedMs = performance.now();
    await echoed(socket, LONG);
    expect(performance.now() - startedMs).toBeGreaterThan(400);
  });

  test("cut: the connection ends with a reset, new ones too, until it is healed", async () => {
    const way = await echo();
    const socket = await client(way);
    const end = endOf(socket);
    way.cut();
    expect(await end).toBe("ECONNRESET");
    expect(await endOf(dial(way))).toBe("ECONNRESET");
    way.heal();
    expect((await echoed(await client(way), "back")).text).toBe("back");
  });

  test("silent: nothing comes, nobody hears of an end, and only new connections are healed", async () => {
    const way = await echo();
    const socket = await client(way);
    let heard = 0;
    socket.on("data", () => heard++).on("close", () => heard++);
    way.silence(["down"]);
    socket.write("is anybody there?");
    way.heal();
    expect((await echoed(await client(way), "a round trip later")).text).toBe("a round trip later");
    expect(heard).toBe(0);
  });

  test("a tap that refuses a chunk ends the connection before it arrives", async () => {
    const way = await echo((_link, direction, chunk) => direction === "up" || !chunk.includes("secret"));
    const socket = await client(way);
    expect((await echoed(socket, "public")).text).toBe("public");
    socket.write("secret");
    expect(await endOf(socket)).toBe("ECONNRESET");
  });
});

describe("who listens on it", () => {
  test("hears every acknowledgement of the real hub, and can lose every second one", async () => {
    const hub = await startHub();
    const tap = new AckTap();
    const way = await TcpProxy.start(hub.url, tap.tap);
    onTestFinished(() => way.close());
    const agent = await startRawAgent(way.url);
    const viewer = await startRawViewer(hub.url);
    await viewer.ask("join", { user_id: agent.userId });
    const { session } = await viewer.ask("start_analysis_session", {
      user_id: agent.userId,
      filters: { pattern: "swv_{n}.txt" },
      analysisParams: {},
    });
    const content = simulatedFile(1);
    await agent.send(session.session_id, "swv_1.txt", content);
    await agent.send(session.session_id, "swv_1.txt", content);
    expect(tap.acks).toMatchObject([
      { name: "swv_1.txt", offset: 0, revision: 1, epoch: session.epoch },
      { name: "swv_1.txt", offset: 0, revision: 1, epoch: session.epoch },
    ]);
    tap.loseEvery = 3;
    const gone = new Promise((resolve) => agent.socket.once("disconnect", resolve));
    void agent.send(session.session_id, "swv_2.txt", simulatedFile(2)).catch(() => {});
    await gone;
    expect(tap.lost).toBe(1);
    expect((await viewer.log(agent.userId, session.session_id)).names).toEqual(["swv_1.txt", "swv_2.txt"]);
  });

  test("finds a forbidden word, also across two chunks, and only on the way to the client", () => {
    const spy = new WireSpy();
    spy.forbid("canary");
    spy.tap(1, "up", Buffer.from("canary"));
    spy.tap(1, "down", Buffer.from("what a nice can"));
    spy.tap(2, "down", Buffer.from("ary"));
    expect(spy.found).toEqual([]);
    spy.tap(1, "down", Buffer.from("ary that is"));
    expect(spy.found).toEqual(["canary"]);
  });
});
