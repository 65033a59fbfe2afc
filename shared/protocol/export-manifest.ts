import { z } from "zod";
import { Note } from "./note.ts";
import { TrendParams } from "./trend-params.ts";
import { TrendSummary } from "./trend-summary.ts";

/** What an export says of itself: how its numbers were made, which part of the log it holds, and what it lacks. */

export const ExportColumn = z.object({
  name: z.string(),
  kind: z.enum(["text", "integer", "number", "boolean", "utc", "local-time"]),
  /** SI, as the name's ending says; null for what has none. */
  unit: z.string().nullable(),
});
export type ExportColumn = z.infer<typeof ExportColumn>;

export const ExportManifest = z.object({
  /** Of this description, not of the program. */
  manifest_version: z.literal(1),
  software: z.object({ name: z.literal("benchcast"), version: z.string() }),
  exported_utc: z.string(),
  session: z.object({
    session_id: z.string(),
    label: z.string(),
    technique: z.string(),
    pattern: z.string(),
    created_utc: z.string(),
    state: z.string(),
  }),
  method: z.string(),
  params: z.record(z.string(), z.unknown()),
  parameter_version: z.int(),
  /** The entries `since ≤ offset < end` are here; the log stood at `end` when the export began. */
  log: z.object({ epoch: z.string(), since: z.int(), end: z.int() }),
  /** The one electrode that was asked for; null for all. */
  electrode: z.int().nullable(),
  rows: z.int(),
  files: z.object({
    analysed: z.int(),
    skipped: z.int(),
    failed: z.int(),
    /** Of all of them: those that replaced an earlier revision of their name. The replaced are marked, not left out. */
    revisions: z.int(),
    /** SHA-256 over the lines `<sha256 of the file>  <name>\n` of all files in the order of the log. */
    list_sha256: z.string(),
  }),
  electrodes: z.array(z.int()),
  frequencies_hz: z.array(z.number()),
  columns: z.array(ExportColumn),
  /** Injections, remarks and exclusions; removed ones are left out. */
  notes: z.array(
    Note.pick({ kind: true, at: true, electrode: true, text: true, concentration: true, unit: true }).extend({
      created_utc: z.string(),
    }),
  ),
  /** How the derived columns were made; null for a technique that has none. */
  trends: z
    .object({
      params: TrendParams,
      /** Which clock tells when scans were taken, and what is not certain of it, in words; null where nothing was derived. */
      times: z.string().nullable(),
      pair: z.unknown(),
      formulas: z.record(z.string(), z.string()),
      /** In which row the values of a pair of files stand, in words. */
      pair_values: z.string(),
      /** Drift, replicates, steps and calibration; null in a piece (`since`): the whole export has it. */
      summary: TrendSummary.nullable(),
    })
    .nullable(),
  complete: z.boolean(),
  /** In words, what keeps it from being complete; empty when it is. */
  missing: z.array(z.string()),
  /** What a reader should know of the rows, in words. */
  remarks: z.array(z.string()),
});
export type ExportManifest = z.infer<typeof ExportManifest>;

/** The manifest as an address of its own gives it: with every file of the log that the export holds, in its order. */
export const ManifestWithFiles = ExportManifest.extend({
  file_list: z.array(
    z.object({
      offset: z.int(),
      name: z.string(),
      revision: z.int(),
      superseded: z.boolean(),
      sha256: z.string(),
    }),
  ),
});
export type ManifestWithFiles = z.infer<typeof ManifestWithFiles>;
