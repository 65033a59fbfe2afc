import { z } from "zod";
import { ERRORS, RequestError, type WireError } from "../../shared/protocol/errors.ts";
import type { PayloadOf, ReplyOf } from "../../shared/protocol/event-maps.ts";
import { decodeFrame, encodeFrame } from "./frame.ts";
import type { RedisLine } from "./redis-line.ts";
import { SISTER_NEWS, SISTER_REQUESTS, type SisterNews, type SisterRequests } from "./sister-requests.ts";

/** A hub that works says so much sooner; one that does not must not keep its callers for their whole time. */
const HEARD_WITHIN_MS = 3_000;
/** Calls that may wait at once: 64 of each of some hundred busy viewers. */
const MAX_CALLS = 10_000;

const NEWS_CHANNEL = "hubs";
const channelOf = (hubId: string) => `hub:${hubId}`;

const Envelope = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("call"),
    id: z.string(),
    from: z.string(),
    name: z.string(),
    payload: z.unknown(),
  }),
  z.object({ kind: z.literal("heard"), id: z.string() }),
  z.object({ kind: z.literal("answer"), id: z.string(), value: z.unknown() }),
  z.object({ kind: z.literal("refusal"), id: z.string(), error: z.custom<WireError>(isWireError) }),
  z.object({ kind: z.literal("news"), from: z.string(), name: z.string(), payload: z.unknown() }),
  z.object({ kind: z.literal("echo"), id: z.string() }),
]);
type Envelope = z.infer<typeof Envelope>;
type Call = Extract<Envelope, { kind: "call" }>;

/** The other hub is gone (`gone`: nobody listens there, or Redis is away), or does not answer (`silent`). */
export class SisterUnreachable extends Error {
  override readonly name = "SisterUnreachable";
  readonly why: "gone" | "silent";

  constructor(why: "gone" | "silent", hubId: string) {
    super(why === "gone" ? `hub ${hubId} is gone` : `hub ${hubId} does not answer`);
    this.why = why;
  }
}

/** What this hub does for its sisters. A failure becomes a reply through `toWire`. */
export interface SisterService {
  readonly answers: {
    readonly [Name in keyof SisterRequests]: (
      payload: z.output<SisterRequests[Name]["payload"]>,
    ) => Promise<ReplyOf<SisterRequests, Name>>;
  };
  readonly news: { readonly [Name in keyof SisterNews]: (payload: z.output<SisterNews[Name]>) => void };
  readonly toWire: (error: unknown, request: string) => WireError;
}

interface Waiting {
  readonly heard: () => void;
  readonly settle: (outcome: { value: unknown } | { error: Error }) => void;
}

/**
 * Requests from hub to hub, each to one hub by its id. Not Socket.IO's `serverSideEmitWithAck`: that asks all hubs
 * and waits for the slowest, so one that hangs would hold up every request of every other.
 */
export class SisterCalls {
  readonly #line: RedisLine;
  readonly #hubId: string;
  readonly #newId: () => string;
  readonly #waiting = new Map<string, Waiting>();
  #service: SisterService | undefined;

  constructor(line: RedisLine, hubId: string, newId: () => string) {
    this.#line = line;
    this.#hubId = hubId;
    this.#newId = newId;
  }

  /** From now on this hub answers. */
  serve(service: SisterService): void {
    this.#service = service;
    this.#line.listen(channelOf(this.#hubId), (message) => this.#receive(message));
    this.#line.listen(NEWS_CHANNEL, (message) => this.#receive(message));
  }

  /** @throws SisterUnreachable; RequestError what the other hub refused with */
  async call<Name extends keyof SisterRequests & string>(
    hubId: string,
    name: Name,
    payload: PayloadOf<SisterRequests, Name>,
    withinMs: number,
  ): Promise<ReplyOf<SisterRequests, Name>> {
    if (this.#waiting.size >= MAX_CALLS) throw new SisterUnreachable("silent", hubId);
    const id = this.#newId();
    const answer = this.#wait(id, hubId, withinMs);
    try {
      await this.#post(hubId, { kind: "call", id, from: this.#hubId, name, payload });
    } catch (error) {
      this.#waiting.get(id)?.settle({ error: error as Error }); // #post throws SisterUnreachable alone
    }
    const value = SISTER_REQUESTS[name].reply.safeParse(await answer);
    if (value.success) return value.data as ReplyOf<SisterRequests, Name>; // parsed by this request's schema
    throw new RequestError("internal", `Hub ${hubId} gave an answer that this one cannot read. Update both.`);
  }

  /** Tells all other hubs; what is lost is made up for elsewhere. */
  tellAll<Name extends keyof SisterNews & string>(name: Name, payload: z.input<SisterNews[Name]>): void {
    const frame = encodeFrame({ kind: "news", from: this.#hubId, name, payload } satisfies Envelope);
    this.#line.publish(NEWS_CHANNEL, frame).catch(() => undefined);
  }

  /** Whether what is sent to this hub arrives: a subscription can die without a word. */
  async hearsItself(withinMs: number): Promise<boolean> {
    const id = this.#newId();
    const echo = this.#wait(id, this.#hubId, withinMs);
    await this.#post(this.#hubId, { kind: "echo", id }).catch(() => undefined);
    return echo.then(
      () => true,
      () => false,
    );
  }

  #wait(id: string, hubId: string, withinMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = () => settle({ error: new SisterUnreachable("silent", hubId) });
      const deafness = setTimeout(fail, Math.min(withinMs, HEARD_WITHIN_MS));
      const patience = setTimeout(fail, withinMs);
      const settle: Waiting["settle"] = (outcome) => {
        clearTimeout(deafness);
        clearTimeout(patience);
        this.#waiting.delete(id);
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      };
      this.#waiting.set(id, { heard: () => clearTimeout(deafness), settle });
    });
  }

  /** @throws SisterUnreachable */
  async #post(hubId: string, envelope: Envelope): Promise<void> {
    let receivers = 0;
    try {
      receivers = await this.#line.publish(channelOf(hubId), encodeFrame(envelope));
    } catch {
      // Redis is away, and with it everybody.
    }
    if (receivers === 0) throw new SisterUnreachable("gone", hubId);
  }

  #receive(message: Buffer): void {
    const envelope = readEnvelope(message);
    if (envelope === null) return;
    if (envelope.kind === "call") void this.#answer(envelope);
    else if (envelope.kind !== "news") this.#settle(envelope);
    else if (envelope.from !== this.#hubId) this.#hear(envelope.name, envelope.payload);
  }

  #settle(envelope: Exclude<Envelope, { kind: "call" | "news" }>): void {
    const waiting = this.#waiting.get(envelope.id);
    switch (envelope.kind) {
      case "heard":
        waiting?.heard();
        break;
      case "answer":
        waiting?.settle({ value: envelope.value });
        break;
      case "echo":
        waiting?.settle({ value: null });
        break;
      case "refusal": {
        const { code, message, details } = envelope.error;
        waiting?.settle({ error: new RequestError(code, message, details) });
      }
    }
  }

  async #answer({ id, from, name, payload }: Call): Promise<void> {
    // Who asks has its own time limit: an answer that does not reach it is its business.
    const reply = (envelope: Envelope) => this.#post(from, envelope).catch(() => undefined);
    void reply({ kind: "heard", id });
    try {
      await reply({ kind: "answer", id, value: await this.#run(name, payload) });
    } catch (error) {
      const wire = this.#service?.toWire(error, name);
      if (wire !== undefined) await reply({ kind: "refusal", id, error: wire });
    }
  }

  async #run(name: string, given: unknown): Promise<unknown> {
    if (!Object.hasOwn(SISTER_REQUESTS, name)) throw new RequestError("unknown_event");
    const request = name as keyof SisterRequests; // as was just seen
    const answer = this.#service?.answers[request] as ((payload: unknown) => Promise<unknown>) | undefined;
    return answer?.(SISTER_REQUESTS[request].payload.parse(given));
  }

  #hear(name: string, given: unknown): void {
    if (!Object.hasOwn(SISTER_NEWS, name)) return; // of a newer hub
    const news = name as keyof SisterNews; // as was just seen
    const payload = SISTER_NEWS[news].safeParse(given);
    if (payload.success) this.#service?.news[news](payload.data);
  }
}

/** Null for what is not from a hub, or from one of another time. */
function readEnvelope(message: Buffer): Envelope | null {
  try {
    return Envelope.parse(decodeFrame(message));
  } catch {
    return null;
  }
}

function isWireError(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { code, message } = value as Partial<WireError>; // checked in the next line
  return typeof code === "string" && Object.hasOwn(ERRORS, code) && typeof message === "string";
}
