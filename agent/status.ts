import type { Problem } from "./problems.ts";

/** Everything that the agent's screen shows, at one moment. */
export interface AgentReport {
  readonly connection: {
    readonly is: "connecting" | "connected" | "offline" /** ms since 1970 */;
    readonly since_ms: number;
  };
  /** Running sessions that take files from this folder. */
  readonly sessions: number;
  /** None has been named yet on this connection, and the last one had some. */
  readonly awaitsSessions: boolean;
  readonly files: FileCounts;
  /** The file that was stored last. */
  readonly last: { readonly name: string /** ms since 1970 */; readonly at_ms: number } | null;
  readonly viewers: number;
  /** Where people watch: the hub itself until it names another address. */
  readonly viewerUrl: string;
  readonly problems: readonly Problem[];
}

/** Every measurement file of the folder is in exactly one of the last four; `ignored` are other files. */
export interface FileCounts {
  readonly seen: number;
  /** Match no running session. */
  readonly unmatched: number;
  /** Match, and are still being written, empty, or cannot be read now. */
  readonly waiting: number;
  readonly owed: number;
  readonly sent: number;
  readonly rejected: number;
  readonly ignored: number;
}
