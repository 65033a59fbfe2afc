import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { Server } from "socket.io";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../agent/clock.ts";
import { explainFailure } from "../../../agent/connection-words.ts";
import { Uplink } from "../../../agent/uplink.ts";
import type { AgentAuth } from "../../../shared/protocol/agent-events.ts";
import { CREDIT, PROTOCOL_VERSION } from "../../../shared/protocol/limits.ts";

/* The connection against a real Socket.IO server that a test makes behave badly. */

const AUTH: AgentAuth = {
  role: "agent",
  protocol: PROTOCOL_VERSION,
  agent_key: "k".repeat(43),
  instance: "instance-1",
  name: "n",
  version: "1",
  os: "test",
  folder: "scans",
};

describe("the connection to the hub", () => {
  it("ends for good when the hub says so", async () => {
    const { io, url } = await fakeHub();
    const bye = { code: "replaced", message: "Another agent.", retry: false, retry_after_ms: 0 };
    io.on("connection", (socket) => socket.emit("bye", bye));
    const uplink = connect(url);
    expect(await uplink.event("sent-away")).toEqual({ code: "replaced", message: "Another agent." });
    expect(uplink.uplink.connected).toBe(false);
  });

  it("comes back by itself after the hub closed the connection, when the hub said to", async () => {
    const { io, url } = await fakeHub();
    let visits = 0;
    io.on("connection", (socket) => {
      visits += 1;
      if (visits > 1) return;
      socket.emit("bye", { code: "shutdown", message: "", retry: true, retry_after_ms: 20 });
      socket.disconnect(true);
    });
    const { event } = connect(url);
    await event("disconnected");
    await event("connected");
    expect(visits).toBe(2);
  });

  it("withdraws its trouble when the connection is there again", async () => {
    const { io, url, http } = await fakeHub();
    const { event } = connect(url);
    await event("connected");
    io.disconnectSockets(true);
    expect(await event("trouble")).toContain("broke");
    expect(await event("healed")).toBeNull();
    expect(http.listening).toBe(true);
  });

  it("keeps asking after a refusal that only a person can mend, and says what it is", async () => {
    const { io, url } = await fakeHub();
    io.use((_socket, next) => {
      const data = { code: "unsupported_protocol", message: "Update the older one.", retryable: false };
      next(Object.assign(new Error("refused"), { data }));
    });
    expect(await connect(url).event("trouble")).toBe("The hub refuses this agent: Update the older one.");
  });

  it("does not hear messages that do not fit their schema", async () => {
    const { io, url } = await fakeHub();
    io.on("connection", (socket) => {
      for (const nonsense of [null, 7, "x", { viewers: -1 }, { viewers: "2" }])
        socket.emit("viewer_count", nonsense);
      socket.emit("bye", { code: 1 });
      socket.emit("registered", { user_id: "u", credit: { files: 0, bytes: 0 } });
      socket.emit("viewer_count", { viewers: 3 });
    });
    const { event, heard } = connect(url);
    expect(await event("viewers")).toBe(3);
    expect(heard).toEqual(["connected", "healed", "viewers"]);
  });

  it("takes an answer that makes no sense for an error that may pass", async () => {
    const { io, url } = await fakeHub();
    const replies: unknown[] = [
      null,
      "yes",
      { ok: true, value: { wanted: 3 } },
      { ok: false },
      { ok: true, value: { wanted: [] } },
    ];
    io.on("connection", (socket) => socket.on("offer_files", (_offer, ack) => ack(replies.shift())));
    const { uplink, event } = connect(url);
    await event("connected");
    const ask = () => uplink.request("offer_files", { session_id: "session-00001", files: [] });
    for (let round = 0; round < 4; round++)
      expect(await ask()).toMatchObject({ is: "error", error: { retryable: true } });
    expect(await ask()).toEqual({ is: "value", value: { wanted: [] } });
  });

  it("keeps nothing for later while there is no connection", async () => {
    const { uplink } = connect("http://127.0.0.1:1");
    expect(await uplink.request("folder_state", { seen: 0, matching: 0, owed: 0 })).toEqual({
      is: "no-answer",
    });
  });
});

describe("a failed connection, in words", () => {
  it("tells what each kind of failure is and what to do", async () => {
    expect(await troubleAt("http://127.0.0.1:1")).toContain("Nothing answers at http://127.0.0.1:1");
    expect(await troubleWith((_request, response) => response.writeHead(403).end())).toContain("(403)");
    expect(await troubleWith((_request, response) => response.writeHead(404).end())).toContain(
      "no hub (404)",
    );
    expect(await troubleWith((_request, response) => response.writeHead(502).end())).toContain(
      "not running or restarting (502)",
    );
    expect(await troubleWith((_request, response) => response.end("<html>log in</html>"))).toContain(
      "login page",
    );
  });

  it("tells plain text from encryption", async () => {
    const { url } = await listen(createServer());
    expect(await troubleAt(url.replace("http:", "https:"))).toContain(`use ${url}`);
  });

  it("knows the words of Node for names, certificates and silence", () => {
    const said = (responseText: string) =>
      explainFailure(
        { message: "xhr poll error", description: 0, context: { responseText } },
        "https://hub.example",
      );
    expect(said("Error: getaddrinfo ENOTFOUND hub.example")).toContain("hub.example is not known here");
    expect(said("Error: self-signed certificate")).toContain("NODE_EXTRA_CA_CERTS");
    expect(said("Error: connect EHOSTUNREACH 10.0.0.1:443")).toContain("no way");
    const refusal = {
      error: { code: "unknown_host", message: "This hub does not know that it is called so." },
    };
    expect(said(JSON.stringify(refusal))).toContain("does not know that it is called so");
    expect(explainFailure({ message: "timeout" }, "https://hub.example")).toContain("does not answer");
    expect(explainFailure({ message: "something new" }, "https://hub.example")).toContain("something new");
  });
});

type Happening = "connected" | "registered" | "disconnected" | "viewers" | "trouble" | "healed" | "sent-away";

/** A connection whose events a test can wait for, in order. */
function connect(url: string) {
  const heard: Happening[] = [];
  const unread: { name: Happening; value: unknown }[] = [];
  const waiting = new Set<() => void>();
  const happen = (name: Happening, value: unknown) => {
    heard.push(name);
    unread.push({ name, value });
    for (const check of [...waiting]) check();
  };
  const uplink = new Uplink(url, () => AUTH, systemClock, {
    onConnected: () => happen("connected", null),
    onRegistered: (message) => happen("registered", message),
    onDisconnected: () => happen("disconnected", null),
    onViewers: (viewers) => happen("viewers", viewers),
    onTrouble: (text) => happen(text === null ? "healed" : "trouble", text),
    onSentAway: (sentAway) => happen("sent-away", sentAway),
    answer: async () => ({ ok: true, value: null }),
  });
  onTestFinished(() => uplink.stop());
  uplink.start();
  /** The next such event; those before it are passed over. */
  const event = (name: Happening) =>
    new Promise<unknown>((resolve) => {
      const check = () => {
        const index = unread.findIndex((one) => one.name === name);
        if (index < 0) return;
        waiting.delete(check);
        resolve(unread.splice(0, index + 1).at(-1)?.value);
      };
      waiting.add(check);
      check();
    });
  return { uplink, event, heard };
}

const troubleAt = (url: string) => connect(url).event("trouble");

async function troubleWith(answer: RequestListener): Promise<unknown> {
  const { url } = await listen(createServer(answer));
  return troubleAt(url);
}

async function fakeHub() {
  const io = new Server();
  const { url, http } = await listen(createServer(), io);
  return { io, url, http };
}

async function listen(http: HttpServer, io?: Server): Promise<{ url: string; http: HttpServer }> {
  io?.attach(http);
  await new Promise<void>((ready) => http.listen(0, "127.0.0.1", ready));
  onTestFinished(async () => {
    await io?.close();
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return { url: `http://127.0.0.1:${address.port}`, http };
}

describe("what the hub says of itself", () => {
  const registered = async (viewer_url: string | null) => {
    const { io, url } = await fakeHub();
    const message = { user_id: "u", viewer_url, server_time_ms: 0, max_file_bytes: 1, credit: CREDIT };
    io.on("connection", (socket) => socket.emit("registered", message));
    return connect(url).event("registered");
  };

  it("is passed on: the credit, and where people watch", async () => {
    expect(await registered("https://watch.example/lab/")).toEqual({
      userId: "u",
      viewerUrl: "https://watch.example/lab",
      credit: CREDIT,
    });
  });

  it("is not passed on when it is no address of the web", async () => {
    for (const address of [null, "javascript:alert(1)", "nonsense", ""]) {
      expect(await registered(address)).toMatchObject({ viewerUrl: null });
    }
  });
});
