import { describe, expect, test } from "vitest";
import { ERRORS } from "../../shared/protocol/errors.ts";
import { startHub } from "../support/hub.ts";
import { ask } from "../support/raw-http.ts";

const JSON_TYPE = "application/json; charset=utf-8";

describe("every HTTP reply", () => {
  test.each(["/", "/health", "/agent", "/api/sessions", "/nothing", "/%zz", "/favicon.svg", "/robots.txt"])(
    "%s lets nothing foreign run, be framed, be guessed or be indexed",
    async (path) => {
      const { url } = await startHub();
      const { headers } = await ask(url, path);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "x-robots-tag": "noindex, nofollow",
      });
      expect(headers).not.toHaveProperty("strict-transport-security");
      expect(headers).not.toHaveProperty("server");
      expect(headers).not.toHaveProperty("x-powered-by");
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
    },
  );

  test("demands HTTPS from browsers where the operator says that it is there, and nowhere else", async () => {
    const secure = await startHub({ env: { PUBLIC_URL: "https://hub.example.org" } });
    expect((await ask(secure.url, "/health")).headers["strict-transport-security"]).toBe("max-age=31536000");
    const plain = await startHub({ env: { PUBLIC_URL: "http://hub.example.org" } });
    expect((await ask(plain.url, "/health")).headers).not.toHaveProperty("strict-transport-security");
  });

  test("is kept by nobody, except the viewer's own files", async () => {
    const { url } = await startHub();
    for (const path of ["/health", "/api/sessions", "/api/exports/x.y", "/nothing"])
      expect((await ask(url, path)).headers["cache-control"], path).toBe("no-store");
    const page = await ask(url, "/");
    expect(page.headers["cache-control"]).toBe("no-cache");
    const [, script = ""] = /src="\.(\/assets\/[^"]+)"/.exec(page.text) ?? [];
    expect((await ask(url, script)).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  test("tells search engines to stay away", async () => {
    const { url } = await startHub();
    expect((await ask(url, "/robots.txt")).text).toBe("User-agent: *\nDisallow: /\n");
  });
});

describe("an address that there is not", () => {
  test.each([
    "/nothing",
    "/api",
    "/api/nothing",
    "/api/sessions/x/export.exe",
    "/assets/../../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/..%2f..%2fpackage.json",
    "//evil.example/",
    "/.git/config",
    "/__proto__",
    "/api/exports/__proto__",
    `/api/exports/${"x".repeat(5_000)}`,
  ])("GET %.40s is answered in words, with 404", async (path) => {
    const { url } = await startHub();
    const reply = await ask(url, path);
    expect(reply.status).toBe(404);
    expect(reply.headers["content-type"]).toBe(JSON_TYPE);
    expect(reply.json()).toMatchObject({
      error: { code: "not_found", message: expect.stringMatching(/\w/) },
    });
    expect(reply.text).not.toContain("benchcast-agent");
  });

  test.each(["/%zz", "/%", "/api/exports/%ff"])("GET %s, which is none, with 400", async (path) => {
    const { url } = await startHub();
    const reply = await ask(url, path);
    expect([400, 404]).toContain(reply.status);
    expect(Object.keys(ERRORS)).toContain((reply.json() as { error: { code: string } }).error.code);
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s is not how a hub is asked", async (method) => {
    const { url } = await startHub();
    for (const path of ["/health", "/api/sessions", "/"]) {
      const reply = await ask(url, path, { method });
      expect(reply.status, path).toBe(405);
      expect(reply.headers.allow).toBe("GET, HEAD");
      expect(reply.json()).toMatchObject({ error: { code: "method_not_allowed" } });
    }
  });

  test.each([
    ["a megabyte", "x".repeat(1_000_000), "application/json"],
    ["a poisoned prototype", '{"__proto__": {"polluted": true}}', "application/json"],
    ["half a JSON", '{"a":', "application/json"],
    ["another kind", "<x/>", "text/xml"],
  ])("%s sent to the hub is refused by type, and changes nothing", async (_name, body, type) => {
    const { url } = await startHub();
    const reply = await ask(url, "/api/sessions", {
      method: "POST",
      body,
      headers: { "content-type": type, "content-length": Buffer.byteLength(body) },
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(Object.keys(ERRORS)).toContain((reply.json() as { error: { code: string } }).error.code);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("a header of Authorization", () => {
  test.each([
    ["none", undefined, 400, "user_id_required"],
    ["another scheme", "Basic YTpi", 400, "user_id_required"],
    ["nothing behind Bearer", "Bearer", 400, "user_id_required"],
    ["what is not a User ID", "Bearer __proto__", 400, "invalid_user_id"],
    ["10 KB", `Bearer ${"7".repeat(10_000)}`, 400, "invalid_user_id"],
    ["an ID that no agent has", "Bearer 7k2m9xqdt4hwb8z7", 404, "unknown_user_id"],
  ])("with %s", async (_name, authorization, status, code) => {
    const { url } = await startHub();
    for (const path of ["/api/sessions", "/api/sessions/x/export.csv"]) {
      const reply = await ask(url, path, { headers: authorization === undefined ? {} : { authorization } });
      expect(reply.status, path).toBe(status);
      expect(reply.json()).toMatchObject({ error: { code } });
    }
  });
});
