import { FollowingViewer, type Shown } from "../support/following-viewer.ts";

/**
 * A viewer in a process of its own, so that it can be frozen as a whole: heartbeat, timers, network. Arguments:
 * address of the hub, User ID, session. Says how much it shows whenever that changes; answers any message with
 * everything it shows.
 */
export type ViewerChildSays =
  | { readonly kind: "shows"; readonly count: number; readonly socketId: string }
  | {
      readonly kind: "all";
      readonly shown: readonly Shown[];
      readonly faults: readonly string[];
      readonly restarts: number;
    };

const [url = "", userId = "", sessionId = ""] = process.argv.slice(2);
const viewer = new FollowingViewer(url, userId);
viewer.follow(sessionId);

const say = (message: ViewerChildSays) => process.send?.(message);
let count = -1;
void viewer.until(
  "the end of this process",
  () => {
    if (viewer.shown.length !== count) {
      count = viewer.shown.length;
      say({ kind: "shows", count, socketId: viewer.socket.id ?? "" });
    }
    return false;
  },
  2 ** 31 - 1,
);
process.on("message", () => {
  const { shown, faults, restarts } = viewer;
  say({ kind: "all", shown, faults, restarts });
});
process.on("disconnect", () => process.exit(0));
