import { computed, signal } from "@preact/signals";
import { packCurves } from "../../shared/analysis/curves.ts";
import { firstParams } from "../../shared/analysis/first-params.ts";
import { readScans, scansFor } from "../../shared/analysis/measurement.ts";
import { decodeHead } from "../../shared/formats/decode.ts";
import { type AnalysisParams, defaultParams } from "../../shared/protocol/analysis-params.ts";
import { matchName, parseNamePattern } from "../../shared/protocol/name-pattern.ts";
import type { Proposal } from "../../shared/protocol/viewer-events.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { type Curve, readCurves } from "../log/curve.ts";
import { guessDraft, readTableDraft, type TableDraft } from "../setup/table-draft.ts";

/** A file whose table is being described. */
export interface TableSample {
  readonly name: string;
  readonly pattern: string;
  /** Its first bytes. */
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly lines: readonly string[];
  readonly unclear: readonly string[];
}

type Curves =
  | { readonly ok: true; readonly curves: readonly Curve[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string };

const SHOWN_BYTES = 65_536;
/** A line that is shown is cut here. */
const LONGEST_LINE = 400;

/** A table that a person describes, read here by the same code that the hub will use. */
export class DescribedTableStore {
  readonly sample = signal<TableSample | null>(null);
  readonly draft = signal<TableDraft | null>(null);
  readonly problem = signal<string | null>(null);
  readonly reading = computed(() => {
    const draft = this.draft.value;
    return draft === null ? null : readTableDraft(draft);
  });
  /** What could be started as it is described now; null while something is wrong, or nothing is described. */
  readonly proposal = computed<Proposal | null>(() => {
    const [sample, draft, reading] = [this.sample.value, this.draft.value, this.reading.value];
    if (sample === null || draft === null || reading === null || !reading.ok) return null;
    const { technique } = draft;
    const params: AnalysisParams = { ...defaultParams(technique), table: reading.table };
    const parsed = readScans(sample.bytes, { technique, params });
    if (!parsed.ok) return null;
    const places = scansFor(parsed.scans, technique, fieldsOf(sample.pattern, sample.name));
    const electrodes = places.flatMap(({ scan }) => scan.electrodes.map(({ electrode }) => electrode));
    const frequencies_hz = places.flatMap(({ frequency_hz }) => frequency_hz ?? []);
    return {
      technique,
      filters: { pattern: sample.pattern },
      params: firstParams(technique, places, params),
      summary: `${technique.toUpperCase()} from described tables`,
      files: 1,
      electrodes: [...new Set(electrodes)],
      frequencies_hz: [...new Set(frequencies_hz)],
      sample: sample.name,
      looked: 1,
      time_axis: "file",
      remarks: [...sample.unclear],
      running: null,
    };
  });
  /** Why the sample cannot be read as it is described, with the line. */
  readonly failure = computed<string | null>(() => {
    const [sample, draft, reading] = [this.sample.value, this.draft.value, this.reading.value];
    if (sample === null || draft === null || reading === null) return null;
    if (!reading.ok) return reading.problem;
    const params: AnalysisParams = { ...defaultParams(draft.technique), table: reading.table };
    const parsed = readScans(sample.bytes, { technique: draft.technique, params });
    return parsed.ok ? null : parsed.message;
  });
  private readonly link: HubLink;
  private readonly userId: () => string;

  constructor(link: HubLink, userId: () => string) {
    this.link = link;
    this.userId = userId;
  }

  /** Fetches the beginning of a file and guesses how its table is written. */
  async open(name: string, pattern: string): Promise<void> {
    this.problem.value = null;
    const outcome = await this.link.request("read_folder_file", { user_id: this.userId(), name });
    if (!outcome.ok) {
      this.problem.value = outcome.error.message;
      return;
    }
    const bytes = new Uint8Array(outcome.value.content);
    const { draft, unclear } = guessDraft(bytes);
    const lines = decodeHead(bytes, SHOWN_BYTES)
      .replace(/^\uFEFF+/, "")
      .split(/\r\n|\n|\r/)
      .map((line) => line.slice(0, LONGEST_LINE));
    // Another file of the series: what was described stays.
    this.draft.value = this.sample.peek() === null ? draft : this.draft.peek();
    this.sample.value = { name, pattern, bytes, size: outcome.value.size, lines, unclear };
  }

  edit(change: Partial<TableDraft>): void {
    const draft = this.draft.value;
    if (draft !== null) this.draft.value = { ...draft, ...change };
  }

  close(): void {
    this.sample.value = null;
    this.draft.value = null;
    this.problem.value = null;
  }

  /** The sample's curves with these parameters. */
  curves(params: AnalysisParams, pattern: string): Curves {
    const [sample, draft] = [this.sample.peek(), this.draft.peek()];
    if (sample === null || draft === null) return { ok: false, message: "No table is being described." };
    const { technique } = draft;
    const parsed = readScans(sample.bytes, { technique, params });
    if (!parsed.ok) return { ok: false, message: parsed.message };
    const scans = scansFor(parsed.scans, technique, fieldsOf(pattern, sample.name));
    const pack = packCurves({ name: sample.name, offset: null, scans }, { technique, params });
    const cut = sample.size > sample.bytes.length ? ["Only the beginning of this large file is shown."] : [];
    return {
      ok: true,
      curves: readCurves(pack),
      warnings: [...cut, ...scans.flatMap(({ scan }) => scan.warnings)],
    };
  }
}

function fieldsOf(text: string, name: string) {
  const pattern = parseNamePattern(text);
  return "problem" in pattern ? {} : (matchName(pattern, name) ?? {});
}
