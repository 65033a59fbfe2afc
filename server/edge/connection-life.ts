/** What is used of an Engine.IO packet. A Socket.IO message is one text, and one further packet per binary part. */
export interface WirePacket {
  readonly type: string;
  readonly data?: unknown;
}

/** What the log says of a connection once it is over: never an ID, a key, a secret or a file's bytes. */
export interface LifeFacts {
  /** As its handshake said; null: it never got that far. */
  readonly role: "agent" | "viewer" | null;
  /** Whose data it was about, hashed; of several the last. */
  readonly agent: string | null;
  readonly transport: string;
  readonly opened: string;
  readonly lasted_s: number;
  readonly messages_in: number;
  readonly messages_out: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** An error's code where the hub ended it, else Engine.IO's words. */
  readonly reason: string;
}

/** One connection from its opening to its end, as far as an operator wants to know. */
export class ConnectionLife {
  role: LifeFacts["role"] = null;
  #agent: string | null = null;
  readonly #openedAtMs: number;
  readonly #in = { messages: 0, bytes: 0 };
  readonly #out = { messages: 0, bytes: 0 };
  #reason: string | null = null;

  constructor(openedAtMs: number) {
    this.#openedAtMs = openedAtMs;
  }

  /** @param tag the hashed User ID that it proved to have, or to be */
  isOf(tag: string): void {
    this.#agent = tag;
  }

  received(packet: WirePacket): void {
    count(this.#in, packet);
  }

  sent(packet: WirePacket): void {
    count(this.#out, packet);
  }

  /** Why the hub ends it; the first reason is the one. */
  endsBecause(reason: string): void {
    this.#reason ??= reason;
  }

  /** @param reason what the transport says, where the hub had none */
  facts(nowMs: number, transport: string, reason: string): LifeFacts {
    return {
      role: this.role,
      agent: this.#agent,
      transport,
      opened: new Date(this.#openedAtMs).toISOString(),
      lasted_s: Math.max(0, nowMs - this.#openedAtMs) / 1_000,
      messages_in: this.#in.messages,
      messages_out: this.#out.messages,
      bytes_in: this.#in.bytes,
      bytes_out: this.#out.bytes,
      reason: this.#reason ?? reason,
    };
  }
}

/** Heartbeats are none of anybody's messages. */
function count(sum: { messages: number; bytes: number }, { type, data }: WirePacket): void {
  if (type !== "message") return;
  if (typeof data === "string") {
    sum.messages += 1;
    sum.bytes += Buffer.byteLength(data);
  } else if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) sum.bytes += data.byteLength;
}
