import { AGENT_REQUESTS } from "../../shared/protocol/agent-events.ts";
import type { Ack } from "../../shared/protocol/errors.ts";
import { errorsOf } from "../../shared/protocol/request-errors.ts";
import { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";

const REPLIES = { ...VIEWER_REQUESTS, ...AGENT_REQUESTS };

interface Asking {
  emitWithAck(event: string, ...payload: unknown[]): Promise<unknown>;
}

/**
 * Holds every answer that a test's socket gets against the reference of the events: an error that does not stand
 * there for that request, or a value of another form, fails the test.
 */
export function holdToReference(socket: unknown): void {
  // Socket.IO's typings want one overload per event; what is needed here is the same for all.
  const asking = socket as Asking;
  const plain = asking.emitWithAck.bind(asking);
  asking.emitWithAck = async (event, ...payload) => {
    const answer = await plain(event, ...payload);
    check(event, answer as Ack<unknown>); // it comes from the hub under test
    return answer;
  };
}

function check(event: string, ack: Ack<unknown>): void {
  const errors = errorsOf(event);
  if (errors === null) return;
  // The reference speaks to the role whose request it is; to another role the event does not exist.
  if (!ack.ok && ack.error.code === "unknown_event") return;
  if (!ack.ok && !errors.has(ack.error.code))
    throw new Error(`${event} was refused with ${ack.error.code}, which its reference does not say.`);
  if (!ack.ok || !Object.hasOwn(REPLIES, event)) return;
  const value = REPLIES[event as keyof typeof REPLIES].reply.safeParse(ack.value); // its own key
  if (!value.success) throw new Error(`${event} was answered in another form: ${value.error.message}`);
}
