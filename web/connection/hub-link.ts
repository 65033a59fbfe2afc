import { type ReadonlySignal, signal } from "@preact/signals";
import { io, type Socket } from "socket.io-client";
import type { Ack } from "../../shared/protocol/errors.ts";
import type { HubToViewer, ViewerToHub } from "../../shared/protocol/event-maps.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { waitToReturnMs } from "../../shared/protocol/return-wait.ts";
import { endsAccess } from "../share/credential.ts";
import type { AsksHub, LinkError, Outcome, Payload, Reply, RequestName } from "./hub-request.ts";
import type { LinkState } from "./link-state.ts";
import { type ConnectionFailure, refusalOf } from "./refusal.ts";

export type { Outcome, Payload, Reply, RequestName } from "./hub-request.ts";

/** Longer than the hub waits for an agent (20 s), so that its own words arrive first. */
const ANSWER_MS = 25_000;
/** No hub needs longer than this to come back or to calm down. */
const LONGEST_ASKED_WAIT_MS = 60_000;

/** One socket to the hub: it comes back by itself, and says when it will. */
export class HubLink implements AsksHub {
  readonly state: ReadonlySignal<LinkState>;
  private readonly current = signal<LinkState>({ kind: "connecting" });
  private readonly socket: Socket<HubToViewer, ViewerToHub>;
  /** When the hub wants this page back, as it said in its last word; null: it has not said. */
  private comeBackMs: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string) {
    this.state = this.current;
    this.socket = io(new URL(url).origin, {
      path: `${new URL(url).pathname}socket.io`,
      auth: { role: "viewer", protocol: PROTOCOL_VERSION },
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnection: false, // done here, so that the page can say when the next attempt is
      timeout: 5000,
      autoConnect: false,
    });
    this.socket.on("connect", () => this.connected());
    this.socket.on("disconnect", () => this.lost());
    this.socket.on("connect_error", (error: Error & ConnectionFailure) => this.failed(error));
    this.socket.on("bye", (bye) => {
      if (bye.retry) this.comeBackMs = Math.min(bye.retry_after_ms, LONGEST_ASKED_WAIT_MS);
      if (!bye.retry && !endsAccess(bye.code)) this.current.value = { kind: "refused", message: bye.message };
    });
  }

  start(): void {
    this.socket.connect();
    // A laptop that wakes up or finds its network again must not wait out the last pause.
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.retryNow();
    });
  }

  retryNow(): void {
    if (this.current.value.kind !== "lost" || this.current.value.retryAtMs === null) return;
    clearTimeout(this.timer);
    this.current.value = { ...this.current.value, retryAtMs: null };
    this.socket.connect();
  }

  on<Name extends keyof HubToViewer>(name: Name, listener: HubToViewer[Name]): void {
    // The library's own listener type cannot be written for a name that is still open.
    this.socket.on(name, listener as never);
  }

  /** Asks the hub. Always answered: by the hub, or with why there is no answer. */
  request<Name extends RequestName>(name: Name, payload: Payload<Name>): Promise<Outcome<Reply<Name>>> {
    if (!this.socket.connected) return Promise.resolve(noAnswer("disconnected"));
    return new Promise((resolve) => {
      const answered = (error: Error | null, ack?: Ack<Reply<Name>>): void => {
        if (error === null && ack !== undefined) resolve(ack);
        else resolve(noAnswer(this.socket.connected ? "no_answer" : "disconnected"));
      };
      // The library cannot relate an open name to its payload; the signature of this method does.
      this.socket.timeout(ANSWER_MS).emit(name, ...([payload, answered] as never));
    });
  }

  private connected(): void {
    this.current.value = { kind: "connected" };
  }

  private failed(error: ConnectionFailure): void {
    const refusal = refusalOf(error);
    if (refusal?.retryable === false) this.current.value = { kind: "refused", message: refusal.message };
    else this.lost(refusal?.message ?? null);
  }

  /** @param reason the hub's own words, where it said any */
  private lost(reason: string | null = null): void {
    const before = this.current.value;
    if (before.kind === "refused") return;
    const now = Date.now();
    const sinceMs = before.kind === "lost" ? before.sinceMs : now;
    const waitMs = this.comeBackMs ?? waitToReturnMs(now - sinceMs, Math.random());
    this.comeBackMs = null;
    this.current.value = { kind: "lost", sinceMs, retryAtMs: now + waitMs, reason };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retryNow(), waitMs);
  }
}

function noAnswer(code: LinkError["code"]): { ok: false; error: LinkError } {
  const message =
    code === "disconnected"
      ? "There is no connection to the hub. It is tried again by itself."
      : "The hub did not answer in time. Try again.";
  return { ok: false, error: { code, message, retryable: true } };
}
