import type { UserTag } from "../sessions/user-tag.ts";
import type { Hub } from "./hub.ts";

/** Tells an agent how many watch it: itself where it is connected here, else through the hub that holds it. */
export function tellViewerCount(hub: Hub, tag: UserTag): void {
  const peer = hub.peers.get(tag);
  if (peer !== undefined) peer.tellViewers(hub.audience.size(tag) + hub.elsewhere.count(tag));
  // A hint, which is given again every few seconds.
  else hub.standings.reportNow(tag).catch(() => undefined);
}
