import { z } from "zod";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { Store } from "../store/port.ts";
import type { UserTag } from "./user-tag.ts";

/**
 * Where the notes of a session stand. The heads of all sessions of an agent are one small collection, because they
 * are read once a second for everybody who watches.
 */
export const NoteHead = z.object({ rev: z.int().min(0), notes: z.int().min(0) });
export type NoteHead = z.infer<typeof NoteHead>;

export const NO_NOTES: NoteHead = { rev: 0, notes: 0 };

/** Collection of an agent's note heads; keys are session IDs. */
export function noteHeads(tag: UserTag): string {
  return `note-heads/${tag}`;
}

export function readNoteHead(text: string | null): NoteHead {
  return text === null ? NO_NOTES : NoteHead.parse(JSON.parse(text));
}

/** `notes_rev` of every session of an agent that has one, in one round trip. */
export async function noteRevisions(store: Store, tag: UserTag): Promise<ReadonlyMap<SessionId, number>> {
  const heads = await store.listRecords(noteHeads(tag));
  return new Map([...heads].map(([session, text]) => [session, readNoteHead(text).rev]));
}
