import type { UserTag } from "../sessions/user-tag.ts";
import type { Hub } from "./hub.ts";

/** How many watch an agent that is connected here, at all hubs. */
export function viewersOf(
  { audience, elsewhere }: Pick<Hub, "audience" | "elsewhere">,
  tag: UserTag,
): number {
  return audience.size(tag) + elsewhere.count(tag);
}

/** Tells an agent how many watch it: itself where it is connected here, else through the hub that holds it. */
export function tellViewerCount(hub: Hub, tag: UserTag): void {
  const peer = hub.peers.get(tag);
  if (peer !== undefined) peer.tellViewers(viewersOf(hub, tag));
  // A hint, which is given again every few seconds.
  else hub.standings.reportNow(tag).catch(() => undefined);
}
