import { io, type Socket } from "socket.io-client";
import type { z } from "zod";
import {
  AGENT_REQUESTS,
  type AgentAuth,
  Bye,
  type Credit,
  Registered,
  ViewerCount,
} from "../shared/protocol/agent-events.ts";
import type { WireError } from "../shared/protocol/errors.ts";
import type { PayloadOf, ReplyOf } from "../shared/protocol/event-maps.ts";
import { waitToReturnMs } from "../shared/protocol/return-wait.ts";
import type { Clock } from "./clock.ts";
import { explainFailure, refusalOf } from "./connection-words.ts";

/** An answer that takes longer is lost; far longer than the 13 s in which a dead connection is noticed. */
const ANSWER_MS = 30_000;
/** After the hub has closed the connection without saying when to come back. */
const COME_BACK_MS = 1_000;
/** After a refusal that somebody has to mend, at the hub or here. */
const REFUSED_RETRY_MS = 15_000;

type AgentRequests = typeof AGENT_REQUESTS;

export type Answer<T> =
  | { readonly is: "value"; readonly value: T }
  | { readonly is: "error"; readonly error: Pick<WireError, "code" | "message" | "retryable"> }
  | { readonly is: "no-answer" };

/** The hub sent this agent away for good. */
export interface SentAway {
  readonly code: string;
  readonly message: string;
}

export interface UplinkEvents {
  onConnected(): void;
  onRegistered(message: { userId: string; viewerUrl: string | null; credit: Credit }): void;
  onDisconnected(): void;
  onViewers(viewers: number): void;
  /** Why there is no connection, in words; null: there is one again. */
  onTrouble(text: string | null): void;
  onSentAway(sentAway: SentAway): void;
  /** A request of the hub; what it returns is the acknowledgement. */
  answer(event: string, payload: unknown): Promise<unknown>;
}

/** The connection to the hub. It never gives up, unless the hub says that it should not come back. */
export class Uplink {
  readonly #hubUrl: string;
  readonly #clock: Clock;
  readonly #events: UplinkEvents;
  readonly #socket: Socket;
  /** When the hub wants this agent back, as it said in its last word; null: it has not said. */
  #askedWaitMs: number | null = null;
  #awaySinceMs: number;
  #cancelComeBack: () => void = () => {};
  #stopped = false;

  /** @param auth what the agent says of itself, asked for at every connect: what it carries changes */
  constructor(hubUrl: string, auth: () => AgentAuth, clock: Clock, events: UplinkEvents) {
    this.#hubUrl = hubUrl;
    this.#clock = clock;
    this.#awaySinceMs = clock.monotonicMs();
    this.#events = events;
    // tryAllTransports: without it polling is never tried; withCredentials: keeps a balancer's cookie (LIBRARIES).
    this.#socket = io(hubUrl, {
      auth: (give) => give(auth()),
      autoConnect: false,
      forceNew: true,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      withCredentials: true,
      reconnection: false, // done here: soon after a short absence, and when the hub wants it
      timeout: 5_000,
    });
    this.#listen();
  }

  start(): void {
    this.#socket.connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelComeBack();
    this.#socket.disconnect();
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** Asks the hub. While there is no connection nothing is kept for later: the answer is `no-answer`. */
  async request<Name extends keyof AgentRequests & string>(
    event: Name,
    payload: PayloadOf<AgentRequests, Name>,
  ): Promise<Answer<ReplyOf<AgentRequests, Name>>> {
    if (!this.#socket.connected) return { is: "no-answer" };
    try {
      const answer: unknown = await this.#socket.timeout(ANSWER_MS).emitWithAck(event, payload);
      // The table's entry of this very event, which the compiler cannot follow through a type parameter.
      const schema = AGENT_REQUESTS[event].reply as unknown as z.ZodType<ReplyOf<AgentRequests, Name>>;
      return readAnswer(schema, answer);
    } catch {
      return { is: "no-answer" };
    }
  }

  #listen(): void {
    const socket = this.#socket;
    const events = this.#events;
    socket.on("connect", () => {
      this.#askedWaitMs = null;
      events.onConnected();
      events.onTrouble(null);
    });
    socket.on("connect_error", (error) => this.#connectFailed(error));
    socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#hear("registered", Registered, ({ user_id, viewer_url, credit }) =>
      events.onRegistered({ userId: user_id, viewerUrl: webAddress(viewer_url), credit }),
    );
    this.#hear("viewer_count", ViewerCount, ({ viewers }) => events.onViewers(viewers));
    this.#hear("bye", Bye, (bye) => this.#bye(bye));
    socket.onAny((event: string, ...given: unknown[]) => {
      const ack = given.at(-1);
      if (typeof ack === "function") void events.answer(event, given[0]).then((reply) => ack(reply));
    });
  }

  /** A message that does not fit its schema is as if it had not come. */
  #hear<T>(event: string, schema: z.ZodType<T>, use: (message: T) => void): void {
    this.#socket.on(event, (message: unknown) => {
      const parsed = schema.safeParse(message);
      if (parsed.success) use(parsed.data);
    });
  }

  #connectFailed(error: Error): void {
    this.#events.onTrouble(explainFailure(error, this.#hubUrl));
    const refusal = refusalOf(error);
    if (refusal?.code === "replaced") this.#sendAway(refusal);
    // The socket ends only when the hub has refused its handshake; else the hub was not reached.
    else if (this.#socket.active) this.#comeBack(this.#waitMs());
    else this.#comeBack(refusal?.retryable === false ? REFUSED_RETRY_MS : COME_BACK_MS);
  }

  #disconnected(reason: string): void {
    this.#events.onDisconnected();
    if (this.#stopped) return;
    this.#events.onTrouble(
      `The connection to ${this.#hubUrl} broke. Files that come meanwhile are sent when it is back.`,
    );
    this.#awaySinceMs = this.#clock.monotonicMs();
    const waitMs = reason === "io server disconnect" ? COME_BACK_MS : this.#waitMs();
    this.#comeBack(this.#askedWaitMs ?? waitMs);
  }

  #bye({ code, message, retry, retry_after_ms }: Bye): void {
    if (retry) this.#askedWaitMs = Math.max(0, Math.min(retry_after_ms, 60_000));
    else this.#sendAway({ code, message: message.slice(0, 500) });
  }

  #sendAway(sentAway: SentAway): void {
    this.stop();
    this.#events.onSentAway(sentAway);
  }

  #waitMs(): number {
    return waitToReturnMs(this.#clock.monotonicMs() - this.#awaySinceMs, Math.random());
  }

  #comeBack(delayMs: number): void {
    this.#cancelComeBack();
    if (!this.#stopped) this.#cancelComeBack = this.#clock.after(delayMs, () => void this.#socket.connect());
  }
}

/** Only an address of the web is passed on to people; written out by URL, it holds nothing that a screen obeys. */
function webAddress(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === "http:" || protocol === "https:"
    ? href.replace(/[#?].*$/, "").replace(/\/$/, "")
    : null;
}

function readAnswer<T>(schema: z.ZodType<T>, answer: unknown): Answer<T> {
  const strange = {
    code: "internal",
    message: "The hub's answer could not be understood.",
    retryable: true,
  } as const;
  if (typeof answer !== "object" || answer === null || !("ok" in answer))
    return { is: "error", error: strange };
  if (answer.ok === true && "value" in answer) {
    const parsed = schema.safeParse(answer.value);
    return parsed.success ? { is: "value", value: parsed.data } : { is: "error", error: strange };
  }
  const error = "error" in answer ? refusalOf({ message: "", data: answer.error }) : null;
  return { is: "error", error: error ?? strange };
}
