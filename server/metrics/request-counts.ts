import { Counter, type Registry } from "prom-client";
import { AGENT_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { ERRORS, type ErrorCode } from "../../shared/protocol/errors.ts";
import { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

/** A start that was refused for one of these was held up by other work. */
const BLOCKED: ReadonlySet<string> = new Set(["agent_busy", "too_many_sessions", "too_many_tasks"]);

/** Names that may stand in a label: whoever asks for something else must not be able to make new ones. */
const KNOWN: ReadonlySet<string> = new Set([...Object.keys(AGENT_REQUESTS), ...Object.keys(VIEWER_REQUESTS)]);

/** What was asked of this hub, and what it refused. */
export class RequestCounts {
  /** Starts of sessions that were asked for, and how many of them other work held up. */
  attempts = 0;
  blocked = 0;
  readonly #requests: Counter<"request" | "outcome">;
  readonly #refusals: Counter<"code">;
  readonly #http: Counter<"route" | "status">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: "benchcast_requests_total",
      help: "Requests of agents and viewers over their sockets, by name and outcome.",
      labelNames: ["request", "outcome"],
      registers,
    });
    this.#refusals = new Counter({
      name: "benchcast_refusals_total",
      help: "Refusals of any kind (requests, handshakes, HTTP) by error code.",
      labelNames: ["code"],
      registers,
    });
    this.#http = new Counter({
      name: "benchcast_http_requests_total",
      help: "HTTP requests by route and status.",
      labelNames: ["route", "status"],
      registers,
    });
    for (const code of Object.keys(ERRORS)) this.#refusals.inc({ code }, 0);
  }

  /** One request of a socket. @param refused null: it was served */
  answered(event: string, refused: ErrorCode | null): void {
    const request = KNOWN.has(event) ? event : "unknown";
    this.#requests.inc({ request, outcome: refused === null ? "ok" : "refused" });
    if (refused !== null) this.refused(refused);
    if (!request.startsWith("start_")) return;
    this.attempts += 1;
    if (refused !== null && BLOCKED.has(refused)) this.blocked += 1;
  }

  refused(code: ErrorCode): void {
    this.#refusals.inc({ code });
  }

  /** @param route as it was declared, never as it was asked for; undefined: there is no such address */
  http(route: string | undefined, status: number): void {
    this.#http.inc({ route: route ?? "none", status: String(status) });
  }
}
