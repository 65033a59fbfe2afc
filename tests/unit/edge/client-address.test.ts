import { describe, expect, test } from "vitest";
import {
  addressKey,
  clientAddress,
  isAddressRange,
  TrustedProxies,
} from "../../../server/edge/client-address.ts";

const PROXIES = new TrustedProxies(["10.0.0.1", "192.168.0.0/16", "2001:db8:1::/48"]);
const FORGED = ["1.1.1.1", "8.8.8.8", "10.0.0.1"];

function from(peer: string | undefined, forwarded?: string | string[]) {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded as string };
  return clientAddress({ headers, socket: { remoteAddress: peer } }, PROXIES);
}

describe("who a request comes from", () => {
  test.each([0, 1, 2, 3])("a stranger with %i forged hops is taken for itself", (hops) => {
    expect(from("203.0.113.9", FORGED.slice(0, hops).join(", "))).toBe("203.0.113.9");
  });

  test.each([0, 1, 2, 3])("behind one proxy, %i forged hops change nothing", (hops) => {
    const forwarded = [...FORGED.slice(0, hops), "203.0.113.9"].join(", ");
    expect(from("10.0.0.1", forwarded)).toBe("203.0.113.9");
  });

  test.each([0, 1, 2, 3])("behind two proxies, %i forged hops change nothing", (hops) => {
    const forwarded = [...FORGED.slice(0, hops), "203.0.113.9", "192.168.7.7"].join(",");
    expect(from("10.0.0.1", forwarded)).toBe("203.0.113.9");
  });

  test("several headers are one list", () => {
    expect(from("10.0.0.1", ["1.1.1.1", "203.0.113.9"])).toBe("203.0.113.9");
  });

  test("a proxy that says nothing, or nonsense, is taken for the asker", () => {
    for (const said of [undefined, "", "unknown", "for=1.2.3.4", "1.2.3", "999.1.1.1", "<script>"])
      expect(from("10.0.0.1", said)).toBe("10.0.0.1");
    expect(from("10.0.0.1", "203.0.113.9, unknown")).toBe("10.0.0.1");
  });

  test("a chain of proxies alone ends at the first of them", () => {
    expect(from("10.0.0.1", "192.168.1.1")).toBe("192.168.1.1");
  });

  test("ports, brackets, zones and IPv4 in IPv6 are written the one way", () => {
    expect(from("::ffff:10.0.0.1", "203.0.113.9:4711")).toBe("203.0.113.9");
    expect(from("10.0.0.1", "[2001:DB8::0:7]:443")).toBe("2001:db8::7");
    expect(from("10.0.0.1", "::ffff:cb00:7109")).toBe("203.0.113.9");
    expect(from("fe80::1%eth0")).toBe("fe80::1");
    expect(from("2001:db8:1:2::3", "2001:db8:9::9")).toBe("2001:db8:9::9");
  });

  test("a peer that has hung up has no address, and still a place in the counts", () => {
    expect(from(undefined, "1.1.1.1")).toBe("unknown");
  });

  test("limits count an IPv4 address by itself and an IPv6 address by its /64", () => {
    expect(addressKey("203.0.113.9")).toBe("203.0.113.9");
    expect(addressKey("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(addressKey("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
    expect(addressKey("2001:db8::9")).toBe("2001:db8:0:0::/64");
    expect(addressKey("::1")).toBe("0:0:0:0::/64");
    expect(addressKey("2001:db8:1:3::9")).not.toBe(addressKey("2001:db8:1:2::9"));
  });

  test("proxies are named by address or CIDR range, and by nothing else", () => {
    for (const good of ["10.0.0.7", "10.0.0.0/8", "::1", "2001:db8::/32", "0.0.0.0/0"])
      expect(isAddressRange(good), good).toBe(true);
    for (const bad of ["", "proxy", "10.0.0.0/33", "10.0.0/8", "2001:db8::/129", "10.0.0.7/", "1.2.3.4/8/8"])
      expect(isAddressRange(bad), bad).toBe(false);
  });
});
