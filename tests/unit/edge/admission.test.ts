import { describe, expect, test } from "vitest";
import { Admission } from "../../../server/edge/admission.ts";

const edge = new Admission({
  PUBLIC_URL: "https://hub.example.org",
  ALLOWED_HOSTS: ["bench.example.net", "XN--BCHER-KVA.example:8443"],
  ALLOWED_ORIGINS: ["https://viewer.example.org"],
});
const bare = new Admission({ ALLOWED_HOSTS: [], ALLOWED_ORIGINS: [] });

function code(admission: Admission, headers: { host?: string; origin?: string }): string | null {
  return admission.refusal(headers)?.code ?? null;
}

describe("a hub answers only to its own names (DNS rebinding)", () => {
  test.each([
    "localhost",
    "localhost:8080",
    "LOCALHOST:8080",
    "127.0.0.1:8080",
    "[::1]:8080",
    "192.0.2.7",
    "labserver",
    "labserver:8080",
    "labpc.local:8080",
  ])("%s needs no setting", (host) => {
    expect(code(bare, { host })).toBe(null);
  });

  test.each(["hub.example.org", "hub.example.org:443", "hub.example.org.", "bench.example.net:8080"])(
    "%s is known by PUBLIC_URL or ALLOWED_HOSTS, with any port",
    (host) => {
      expect(code(edge, { host })).toBe(null);
      expect(code(bare, { host })).toBe("unknown_host");
    },
  );

  test("upper case and a port in ALLOWED_HOSTS are no difference", () => {
    expect(code(edge, { host: "xn--bcher-kva.example" })).toBe(null);
  });

  test.each([
    "evil.example",
    "hub.example.org.evil.example",
    "evil-hub.example.org",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "user@localhost",
    "evil.example/localhost",
    "evil.example#localhost",
    "evil.example\\localhost",
    "localhost, evil.example",
    "__proto__.example",
    "",
    ":8080",
  ])("%s is refused", (host) => {
    expect(code(edge, { host })).toBe("unknown_host");
  });

  test("a program that sends no Host (HTTP/1.0 health checks) is let in; browsers always send one", () => {
    expect(code(edge, {})).toBe(null);
  });

  test("the refusal names the host and the setting, and repeats nothing that is not a name", () => {
    expect(edge.refusal({ host: "evil.example" })?.message).toMatch(/“evil\.example”.*ALLOWED_HOSTS/);
    expect(edge.refusal({ host: "<script>.example" })?.message).not.toContain("script");
  });
});

describe("a page elsewhere may not ask", () => {
  const host = "hub.example.org";

  test.each([undefined, "https://viewer.example.org", "https://hub.example.org", "http://hub.example.org"])(
    "Origin %s is let in",
    (origin) => {
      expect(code(edge, origin === undefined ? { host } : { host, origin })).toBe(null);
    },
  );

  test.each([
    "https://evil.example",
    "null",
    "https://hub.example.org.evil.example",
    "https://hub.example.org:8443",
    "https://viewer.example.org.evil.example",
    "http://viewer.example.org",
    "https://VIEWER.example.org.",
    "file://",
    "",
  ])("Origin %s is refused", (origin) => {
    expect(code(edge, { host, origin })).toBe("forbidden_origin");
  });

  test("a rebound name is refused although Origin and Host agree", () => {
    expect(code(edge, { host: "evil.example", origin: "http://evil.example" })).toBe("unknown_host");
  });

  test("behind a proxy that changes Host, the public address is still the hub's own page", () => {
    expect(code(edge, { host: "10.0.0.5:8080", origin: "https://hub.example.org" })).toBe(null);
  });
});
