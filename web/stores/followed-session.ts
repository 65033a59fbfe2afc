import { computed, signal } from "@preact/signals";
import type { LogPart } from "../../shared/protocol/viewer-events.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { LogFollower, type LogPosition, type PageOutcome } from "../log/log-follower.ts";
import { readPart } from "../log/log-part.ts";
import type { SessionLog } from "../log/session-log.ts";
import { Trend, type TrendOrder } from "../log/trend.ts";

const PAUSE_MS = 1000;

/** One session whose log is followed, with what is derived from it. */
export class FollowedSession {
  readonly sessionId: string;
  readonly follower: LogFollower;
  /** Moves when there is something new to show; at most once per animation frame. */
  readonly changed = signal(0);
  /** Why the log cannot be read further at the moment, or for good. */
  readonly followerProblem = computed(() => {
    this.changed.value;
    const { state } = this.follower;
    return state.kind === "waiting" || state.kind === "gone" ? state.message : null;
  });
  private readonly trends: Record<TrendOrder, Trend>;
  private scheduled = false;

  constructor(link: HubLink, userId: string, sessionId: string) {
    this.sessionId = sessionId;
    this.follower = new LogFollower({
      readPage: (position) => readPage(link, userId, sessionId, position),
      pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
      changed: () => this.schedule(),
    });
    this.trends = {
      "file-number": new Trend(this.follower.log, "file-number"),
      time: new Trend(this.follower.log, "time"),
    };
  }

  get log(): SessionLog {
    return this.follower.log;
  }

  /** The trend in one order, with everything that has arrived. */
  trend(order: TrendOrder): Trend {
    const trend = this.trends[order];
    trend.update();
    return trend;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.changed.value += 1;
    });
  }
}

async function readPage(
  link: HubLink,
  userId: string,
  sessionId: string,
  position: LogPosition,
): Promise<PageOutcome> {
  const { epoch, version, since } = position;
  const outcome = await link.request("read_log", {
    user_id: userId,
    session_id: sessionId,
    since,
    ...(epoch === null ? {} : { epoch }),
    ...(version === null ? {} : { version }),
  });
  if (outcome.ok) return takePage(outcome.value);
  const { code, message, retryable } = outcome.error;
  if (code === "epoch_changed") return { kind: "epoch-changed" };
  if (code === "version_gone") return { kind: "version-gone" };
  // Not joined: the connection is new and the join is still on its way; it resumes every log.
  if (code === "disconnected" || code === "not_joined") return { kind: "disconnected" };
  return { kind: "failed", message, retryable };
}

/** A page that cannot be read would be the same at every try. */
function takePage(page: LogPart): PageOutcome {
  try {
    return { kind: "page", part: readPart(page) };
  } catch {
    const message =
      "The hub's answer could not be read. Reload this page; if it stays, the hub is of another version.";
    return { kind: "failed", message, retryable: false };
  }
}
