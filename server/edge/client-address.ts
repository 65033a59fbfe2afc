import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";

/** The part of a request that says where it comes from; Node's `IncomingMessage` fits. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** A peer without an address has hung up already. All such share one place in the counts. */
const NOWHERE = "unknown";

/** The proxies in front of this hub, named one by one: only what they add to X-Forwarded-For is believed. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @param ranges addresses or CIDR ranges that {@link isAddressRange} accepts */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [base = "", bits] = range.split("/");
      const family = isIP(base) === 6 ? "ipv6" : "ipv4";
      if (bits === undefined) this.#list.addAddress(base, family);
      else this.#list.addSubnet(base, Number(bits), family);
    }
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 6 ? "ipv6" : "ipv4");
  }
}

/** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
export function isAddressRange(text: string): boolean {
  const [base = "", bits, ...more] = text.split("/");
  const version = isIP(base);
  if (version === 0 || base.includes("%") || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}

/**
 * Who really asks: the rightmost address that is not one of our proxies. Everything left of it was written by
 * whoever stands there, and may be forged.
 */
export function clientAddress({ headers, socket }: Arrival, proxies: TrustedProxies): string {
  let address = readAddress(socket.remoteAddress ?? "") ?? NOWHERE;
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  while (proxies.has(address)) {
    const before = readAddress(forwarded.pop() ?? "");
    if (before === null) break;
    address = before;
  }
  return address;
}

/** What limits count by: an IPv4 address, or the /64 of an IPv6 address, which one household holds whole. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const groups = [head, tail ?? ""].map((part) => (part === "" ? [] : part.split(":")));
  const [left = [], right = []] = groups;
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}

/**
 * One address in its one way of writing, without port, brackets or zone; null for anything else. IPv4 inside IPv6
 * (`::ffff:192.0.2.7`) is the IPv4 address.
 */
function readAddress(text: string): string | null {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(text.trim()) ?? [];
  const bare = (bracketed ?? text.trim()).replace(/%.*$/, "");
  const v4 = /^(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/.exec(bare)?.[1];
  if (v4 !== undefined) return isIP(v4) === 4 ? v4 : null;
  if (isIP(bare) !== 6) return null;
  // The URL parser knows the one way of writing an IPv6 address (RFC 5952).
  const written = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written) ?? [];
  if (high === undefined || low === undefined) return written;
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return bits.flatMap((pair) => [pair >> 8, pair & 0xff]).join(".");
}
