/** Where the hub is. */
export interface HubAddress {
  /** Origin and path, ending in `/`: what paths of the hub are relative to. */
  readonly url: string;
  /** The hub is the server that this page came from. */
  readonly own: boolean;
}

/**
 * The hub's address: `?hub=` in the page's address, else the one given at build time, else the page's own origin.
 *
 * @param page the page's own address
 * @param builtIn `VITE_HUB_URL` of the build, if any
 */
export function hubAddress(page: string, builtIn: string | undefined): HubAddress {
  const here = new URL(page);
  const wanted = here.searchParams.get("hub") ?? builtIn ?? "";
  const parsed = readAddress(wanted) ?? new URL("./", here.origin + here.pathname);
  return { url: parsed.href, own: parsed.origin === here.origin };
}

/** Only http and https: anything else cannot be a hub. A missing scheme means https. */
function readAddress(text: string): URL | null {
  if (text.trim() === "") return null;
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
