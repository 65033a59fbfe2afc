import { ENTRY_STATUS, type EntryRow, type ResultRow } from "../../../shared/protocol/log-tables.ts";
import type { LogPosition, PageOutcome } from "../../../web/log/log-follower.ts";
import type { ReadPart } from "../../../web/log/log-part.ts";

/** One file as a test writes it: what it is called, what came out of it. */
export interface ModelFile {
  readonly name: string;
  readonly fileNumber?: number;
  readonly frequencyHz?: number;
  readonly mtimeMs?: number;
  readonly startedAtMs?: number;
  readonly status?: keyof typeof ENTRY_STATUS;
  /** Peak height in A per electrode, from 1; NaN: no peak. */
  readonly heightsA?: readonly number[];
}

const PAGE = 7;

/** The hub's side of one log: entries in order, read in pages of seven, pushed in parts. */
export class ModelLog {
  epoch = "epoch-1";
  version = 1;
  files: ModelFile[] = [];

  get head(): number {
    return this.files.length;
  }

  /** Entries from `since` to before `next`. The previous version stays readable. */
  part(since: number, next = this.head, version = this.version): ReadPart {
    const offsets = Array.from({ length: next - since }, (_, index) => since + index);
    return {
      epoch: this.epoch,
      version,
      since,
      next,
      head: this.head,
      names: offsets.map((offset) => this.file(offset).name),
      entries: offsets.map((offset) => this.entry(offset)),
      results: offsets.flatMap((offset) => this.results(offset, version)),
      notes: offsets.flatMap((offset) => this.notes(offset)),
    };
  }

  /** What the hub answers to `read_log`. */
  page({ epoch, version, since }: LogPosition): PageOutcome {
    if (epoch !== null && epoch !== this.epoch) return { kind: "epoch-changed" };
    const asked = version ?? this.version;
    if (asked !== this.version && asked !== this.version - 1) return { kind: "version-gone" };
    return { kind: "page", part: this.part(since, Math.min(this.head, since + PAGE), asked) };
  }

  private file(offset: number): ModelFile {
    const file = this.files[offset];
    if (file === undefined) throw new RangeError(`The model has no entry ${offset}.`);
    return file;
  }

  private entry(offset: number): EntryRow {
    const file = this.file(offset);
    return {
      offset,
      status: ENTRY_STATUS[file.status ?? "analysed"],
      revision: 1 + this.files.slice(0, offset).filter((other) => other.name === file.name).length,
      same_content_as: Number.NaN,
      content: Number.NaN,
      file_number: file.fileNumber ?? Number.NaN,
      frequency_hz: file.frequencyHz ?? Number.NaN,
      size_bytes: 100,
      mtime_ms: file.mtimeMs ?? 1000 * offset,
      started_at_ms: file.startedAtMs ?? Number.NaN,
      received_at_ms: 1000 * offset + 5,
    };
  }

  /** Other parameters, other numbers. */
  private results(offset: number, version: number): ResultRow[] {
    const { heightsA = [1e-6], frequencyHz = Number.NaN } = this.file(offset);
    return heightsA
      .map((height, index) => [height * version, index] as const)
      .map(([heightA, index]) => ({
        offset,
        scan: 0,
        electrode: index + 1,
        frequency_hz: frequencyHz,
        kind: Number.isNaN(heightA) ? 3 : 0,
        peak_potential_v: -0.3,
        peak_height_a: heightA,
        peak_current_a: 2 * heightA,
        baseline_at_peak_a: heightA,
        peak_area_av: heightA / 10,
        half_width_v: 0.1,
        baseline_left_v: -0.4,
        baseline_left_a: 0,
        baseline_right_v: -0.2,
        baseline_right_a: 0,
        smoothed_noise_a: 1e-9,
        snr: 100,
        flags: 0,
      }));
  }

  private notes(offset: number): ReadPart["notes"] {
    if (this.file(offset).status !== "failed") return [];
    return [{ offset, code: "bad_row", message: "Row 12 has no current.", line: 12 }];
  }
}
