import { z } from "zod";
import { MAX_NOTE_LENGTH } from "./limits.ts";
import { AccessRole } from "./share-link.ts";

/** What people write beside a session's files: injections, remarks, and files that must not count. */

/** Made by whoever adds the note, so that adding again after a lost answer adds nothing twice. */
export const NoteId = z.string().regex(/^[A-Za-z0-9_-]{12,32}$/);
export type NoteId = z.infer<typeof NoteId>;

/**
 * `exclude`: a file, or one electrode of it, that does not count in trends. It stays in the log and in exports,
 * with its reason. Taking it back is removing the note.
 */
export const NoteKind = z.enum(["injection", "note", "exclude"]);
export type NoteKind = z.infer<typeof NoteKind>;

const Offset = z.int().min(0);
/** ms on the scale of the scans' clock (shared/trends/scan-clock.ts): that of the first file's header, else the PC's. */
const TimeMs = z.number().min(0).max(8.64e15);

/** Where a new note belongs: at a file, or at a moment. */
export const NotePlaceWish = z.union([
  z.strictObject({ offset: Offset }),
  z.strictObject({ time_ms: TimeMs }),
]);
export type NotePlaceWish = z.infer<typeof NotePlaceWish>;

/** Where a note stands. The file's name goes with its offset: in a log that began anew it is another file. */
export const NotePlace = z.union([
  z.object({ offset: Offset, name: z.string() }),
  z.object({ time_ms: TimeMs }),
]);
export type NotePlace = z.infer<typeof NotePlace>;

const Text = z.string().trim().max(MAX_NOTE_LENGTH);
/** Of the analyte from then on; null: not told. */
const Concentration = z.number().min(0).max(1e15).nullable();
const Unit = z.string().trim().max(20).nullable();

export const Note = z.object({
  note_id: NoteId,
  /** The session's `notes_rev` since which the note is as it is. */
  rev: z.int().min(1),
  kind: NoteKind,
  at: NotePlace,
  /** Of an exclusion: the one electrode that does not count; null: the whole file. */
  electrode: z.int().nullable(),
  /** Of an exclusion: the reason. */
  text: z.string(),
  concentration: Concentration,
  unit: Unit,
  author_role: AccessRole,
  /** ms since 1970, hub's clock. */
  created_at_ms: z.number(),
  /** Removed notes stay, so that removing can be undone and everybody hears of it. */
  removed: z.boolean(),
});
export type Note = z.infer<typeof Note>;

export const NewNote = z
  .strictObject({
    do: z.literal("add"),
    note_id: NoteId,
    kind: NoteKind,
    at: NotePlaceWish,
    electrode: z.int().nullable().default(null),
    text: Text.default(""),
    concentration: Concentration.default(null),
    unit: Unit.default(null),
  })
  .refine(
    ({ kind, at }) => kind !== "exclude" || "offset" in at,
    "An exclusion is of a file: give its offset.",
  )
  .refine(({ kind, text }) => kind !== "exclude" || text !== "", "Say why the file must not count.")
  .refine(
    ({ kind, electrode }) => kind === "exclude" || electrode === null,
    "Only exclusions are of one electrode.",
  );
export type NewNote = z.infer<typeof NewNote>;

export const NoteEdit = z.strictObject({
  do: z.literal("edit"),
  note_id: NoteId,
  /** An injection that is a mere remark, or the other way round. */
  kind: z.enum(["injection", "note"]).optional(),
  at: NotePlaceWish.optional(),
  text: Text.optional(),
  concentration: Concentration.optional(),
  unit: Unit.optional(),
});
export type NoteEdit = z.infer<typeof NoteEdit>;

export const NoteRemoval = z.strictObject({ do: z.enum(["remove", "restore"]), note_id: NoteId });
export type NoteRemoval = z.infer<typeof NoteRemoval>;

/** One change of a session's notes. What a person wants undone is another change: `remove`, `restore`, `edit`. */
export const NoteChange = z.union([NewNote, NoteEdit, NoteRemoval]);
export type NoteChange = z.input<typeof NoteChange>;
