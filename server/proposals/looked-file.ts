import type { Scan } from "../../shared/formats/scan.ts";
import type { NameFields } from "../../shared/protocol/name-pattern.ts";

/** One file of a group whose content was read. */
export interface LookedFile {
  readonly name: string;
  readonly fields: NameFields;
  readonly mtime_ms: number;
  /** Empty where the file could not be read as a measurement. */
  readonly scans: readonly Scan[];
  /** Why there is no scan, in the parser's words; null where there is one. */
  readonly problem: string | null;
  /** Only the beginning was read: the file is large. */
  readonly isPartial: boolean;
  /** A table of numbers that no format recognises: a person can describe it. */
  readonly isTable: boolean;
}

/** Where to look: a listing's files by name, and a way to read one. */
export interface FolderReader {
  /** The first bytes of a file, at most `most`, and how many it has. Null when there is no reading it (now). */
  read(name: string, most: number): Promise<{ readonly bytes: Uint8Array; readonly size: number } | null>;
  /** Lets others have their turn. */
  pause(): Promise<void>;
}
