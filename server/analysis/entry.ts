import { z } from "zod";

/** What the log says of one file beside its results; stored as JSON, one per entry. */
export const Entry = z.object({
  status: z.enum(["analysed", "skipped", "failed"]),
  size_bytes: z.number(),
  mtime_ms: z.number(),
  received_at_ms: z.number(),
  file_number: z.number().nullable(),
  frequency_hz: z.number().nullable(),
  /** Instrument's clock, read as UTC. */
  started_at_ms: z.number().nullable(),
  format: z.string().nullable(),
  encoding: z.string().nullable(),
  /** Why it was skipped or failed, or what was strange about it. */
  notes: z.array(z.object({ code: z.string(), message: z.string(), line: z.number().nullable() })),
});
export type Entry = z.infer<typeof Entry>;

export function entryToBytes(entry: Entry): Uint8Array {
  return Buffer.from(JSON.stringify(entry));
}

/** The hub wrote these bytes itself, through `entryToBytes`; checking 20,000 of them again would take seconds. */
export function entryFromBytes(bytes: Uint8Array): Entry {
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as Entry;
}
