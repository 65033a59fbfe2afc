import { z } from "zod";
import type { CarriedSession } from "../../shared/protocol/agent-events.ts";
import { MAX_DESCRIPTOR_LENGTH } from "../../shared/protocol/limits.ts";
import type { LogHead } from "../store/port.ts";
import { SessionRecord } from "./session-book.ts";

/**
 * What is known of a session outside the store. Agents carry it as text that means nothing to them. It is not
 * signed: an agent can only restore sessions under its own User ID, so a forger harms nobody but himself.
 */
export interface KnownSession {
  /** The store in which it was. */
  readonly store_id: string;
  readonly record: SessionRecord;
  /** Where its log has been, at least. */
  readonly positions: readonly LogHead[];
}

const Position = z.object({ epoch: z.string().min(1).max(64), head: z.int().min(0) });
const Descriptor = z.object({
  store_id: z.string().max(64),
  record: SessionRecord,
  positions: z.array(Position).max(4),
});

/** The text for the agent; undefined where it would be too long to carry. */
export function describeSession({ store_id, record, positions }: KnownSession): string | undefined {
  // After a loss the log begins anew with the current version; the others have nothing to belong to.
  const nothing = { previous: null, reanalysis: null, reanalysis_owes: false, raw_gone: 0, made_by: null };
  const current = { ...record, ...nothing };
  const text = JSON.stringify({ store_id, record: current, positions });
  return text.length > MAX_DESCRIPTOR_LENGTH ? undefined : text;
}

/** Null for what this hub cannot read, or what is not about that session. */
export function readCarried({ session_id, descriptor, epoch, head }: CarriedSession): KnownSession | null {
  const parsed = Descriptor.safeParse(parseJson(descriptor));
  if (!parsed.success || parsed.data.record.session_id !== session_id) return null;
  const acknowledged = epoch === null ? [] : [{ epoch, head }];
  return { ...parsed.data, positions: [...parsed.data.positions, ...acknowledged] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
