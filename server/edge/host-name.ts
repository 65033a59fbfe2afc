import { isIP } from "node:net";

/**
 * Whether a Host header names this hub. A page of another site whose name suddenly resolves to this machine (DNS
 * rebinding) is "same origin" to a browser, but it cannot change the name that the browser sends.
 *
 * Needs no list: addresses (rebinding takes a name), and names that no stranger can register: `localhost`, names
 * without a dot, `.local`. Programs may leave the header out; browsers never do.
 *
 * @param names further names of this hub, in lower case
 */
export function isOwnHost(header: string | undefined, names: ReadonlySet<string>): boolean {
  if (header === undefined) return true;
  const name = hostName(header);
  if (name === null) return false;
  return isIP(name) !== 0 || !name.includes(".") || /\.(local|localhost)$/.test(name) || names.has(name);
}

/** The name in a Host header or an address bar: lower case, without port, brackets and final dot; null if it is none. */
export function hostName(header: string): string | null {
  // The URL parser would read `hub@evil.example` or `evil.example/hub` as more than a host.
  if (!/^[\w.:[\]-]+$/.test(header) || !URL.canParse(`http://${header}`)) return null;
  const { hostname } = new URL(`http://${header}`);
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return name === "" ? null : name;
}
