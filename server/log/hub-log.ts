import { type EventAt, isLogEvent, type LogEventName } from "./log-events.ts";

/** The hub's log: facts, then the event's name, of a closed list and at its level. A pino logger fits. */
export interface HubLog {
  info(facts: object, event: EventAt<"info">): void;
  warn(facts: object, event: EventAt<"warn">): void;
  error(facts: object, event: EventAt<"error">): void;
}

const FOREIGN: LogEventName = "web server";

/**
 * Settings of the pino logger below, so that every line has a name of the list: what Fastify says by itself becomes
 * one event with its words beside it.
 */
export const LOG_OPTIONS = {
  serializers: {
    // Where Fastify itself logs a request, its address and headers are left out: they carry credentials.
    req: ({ method }: { method: string }) => ({ method }),
    err: errorFacts,
  },
  hooks: {
    logMethod(
      this: unknown,
      given: unknown[],
      write: (this: unknown, facts: object, event: string) => void,
    ): void {
      const [first, second] = given;
      if (typeof first === "object" && first !== null && isLogEvent(second)) {
        write.call(this, first, second);
        return;
      }
      const facts = first instanceof Error ? { err: first } : typeof first === "object" ? first : {};
      const said = typeof first === "string" ? first : second;
      write.call(
        this,
        { ...facts, said: typeof said === "string" ? withoutCredentials(said) : undefined },
        FOREIGN,
      );
    },
  },
};

/** An alias, because pino wants what can be indexed. */
type ErrorFacts = {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: ErrorFacts;
};

/** What stands in the log of an error. Its further properties may be a command to Redis with all that it carried. */
function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: "" };
  const { name, message, stack = "", cause } = error;
  const words = { message: withoutCredentials(message), stack: withoutCredentials(stack) };
  return { type: name, ...words, ...(cause === undefined ? {} : { cause: errorFacts(cause) }) };
}

/** An address in Fastify's own words may carry a credential: behind its question mark, or as a download's link. */
function withoutCredentials(text: string): string {
  return text.replace(/(?<=\/\S*)[?#]\S*/g, "").replace(/(?<=\/api\/exports\/)[^\s"/]+/g, "…");
}
