import { io } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { startHub } from "../support/hub.ts";
import { ask } from "../support/raw-http.ts";
import { openRawWebSocket } from "../support/raw-web-socket.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";
const ENV = {
  PUBLIC_URL: "https://hub.example.org",
  ALLOWED_ORIGINS: "https://viewer.example.org",
  ALLOWED_HOSTS: "bench.example.net",
};

/** How a handshake ends by one transport: "connected", or the status of the refusal. */
function connect(url: string, transport: "websocket" | "polling", headers: Record<string, string>) {
  return transport === "websocket" ? upgrade(url, headers) : poll(url, headers);
}

/** By hand: the library's polling sets Host itself. */
async function poll(url: string, headers: Record<string, string>): Promise<string> {
  const { status, text } = await ask(url, POLLING, { headers });
  return status === 200 && text.startsWith("0{") ? "connected" : String(status);
}

function upgrade(url: string, extraHeaders: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const auth = { role: "viewer", protocol: PROTOCOL_VERSION };
    const socket = io(url, {
      auth,
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      extraHeaders,
    });
    onTestFinished(() => void socket.disconnect());
    socket.on("connect", () => resolve("connected"));
    socket.on("connect_error", ({ description }: Error & { description?: Error }) =>
      resolve(/\d{3}/.exec(description?.message ?? "")?.[0] ?? "no status"),
    );
  });
}

describe("who may ask at all", () => {
  test.each(["websocket", "polling"] as const)("a hostile page cannot connect by %s", async (transport) => {
    const { url } = await startHub({ env: ENV });
    const evil = "http://evil.example";
    // A rebound name: to the browser the page and the hub are one origin.
    expect(await connect(url, transport, { host: "evil.example", origin: evil })).toBe("421");
    expect(await connect(url, transport, { host: "evil.example" })).toBe("421");
    expect(await connect(url, transport, { origin: evil })).toBe("403");
    expect(await connect(url, transport, { origin: "null" })).toBe("403");
    expect(await connect(url, transport, { origin: `${url}.evil.example` })).toBe("403");
    expect(await connect(url, transport, {})).toBe("connected");
    expect(await connect(url, transport, { origin: url })).toBe("connected");
    expect(await connect(url, transport, { origin: "https://viewer.example.org" })).toBe("connected");
    expect(await connect(url, transport, { host: "bench.example.net:8080" })).toBe("connected");
    expect(await connect(url, transport, { host: "hub.example.org", origin: ENV.PUBLIC_URL })).toBe(
      "connected",
    );
  });

  test.each(["/", "/health", "/agent", "/api/sessions", "/nothing", POLLING])(
    "%s answers no page elsewhere and to no strange name",
    async (path) => {
      const { url } = await startHub({ env: ENV });
      const named = await ask(url, path, { headers: { host: "evil.example" } });
      expect(named.status).toBe(421);
      expect(named.json()).toMatchObject({
        error: { code: "unknown_host", message: expect.stringContaining("ALLOWED_HOSTS") },
      });
      const asked = await ask(url, path, { headers: { origin: "http://evil.example" } });
      expect(asked.status).toBe(403);
      expect(asked.headers).not.toHaveProperty("access-control-allow-origin");
    },
  );

  test("a refused upgrade is told why, as JSON, and the line is cut", async () => {
    const { url } = await startHub();
    const socket = await openRawWebSocket(url, { host: "evil.example" });
    const reply = await socket.received(/\}$/);
    expect(reply).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
    expect(reply).toContain('"code":"unknown_host"');
    await socket.closed;
  });

  test("polling on with a connection's id is held against the names, too", async () => {
    const { url } = await startHub();
    const opened = await ask(url, POLLING);
    const { sid } = JSON.parse(opened.text.slice(1)) as { sid: string };
    const { status } = await ask(url, `${POLLING}&sid=${sid}`, { headers: { host: "evil.example" } });
    expect(status).toBe(421);
  });

  test("an allowed page may read what it asks for; no cookies are involved", async () => {
    const { url } = await startHub({ env: ENV });
    const origin = "https://viewer.example.org";
    const preflight = await ask(url, "/api/sessions", {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "Authorization",
      vary: "Origin",
    });
    for (const path of ["/health", "/api/sessions", POLLING]) {
      const { headers } = await ask(url, path, { headers: { origin } });
      expect(headers["access-control-allow-origin"], path).toBe(origin);
      expect(headers).not.toHaveProperty("access-control-allow-credentials");
      expect(headers).not.toHaveProperty("set-cookie");
    }
  });
});

describe("behind a proxy", () => {
  const TEN = { MAX_CONNECTIONS_PER_IP: "1" };
  const first = { "x-forwarded-for": "203.0.113.1" };
  const second = { "x-forwarded-for": "203.0.113.2" };

  test("a forged address from a peer that nobody trusts is ignored: the limit counts the peer", async () => {
    const { url } = await startHub({ env: TEN });
    expect(await connect(url, "websocket", first)).toBe("connected");
    expect(await connect(url, "websocket", second)).toBe("429");
    expect(await connect(url, "polling", second)).toBe("429");
  });

  test("a named proxy is believed, by sockets and HTTP alike; what stands left of its word is not", async () => {
    const { url } = await startHub({ env: { ...TEN, TRUST_PROXY: "127.0.0.0/8" } });
    expect(await connect(url, "websocket", first)).toBe("connected");
    expect(await connect(url, "websocket", second)).toBe("connected");
    const forged = { "x-forwarded-for": "198.51.100.7, 203.0.113.1" };
    expect(await connect(url, "websocket", forged)).toBe("429");
  });
});
