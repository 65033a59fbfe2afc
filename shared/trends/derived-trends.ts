import { defaultSignalFrequencies, kdm, ratio } from "../electrochem/kdm.ts";
import { correctLow, referenceValue, sharesOf } from "../electrochem/normalise.ts";
import { type PairedSeries, pairUp, type TrendSeries } from "../electrochem/trend-series.ts";
import type { Note } from "../protocol/note.ts";
import type { TrendParams, TrendQuantity, TrendSignal } from "../protocol/trend-params.ts";
import { type ElectrodeBand, electrodeBand } from "./electrode-band.ts";
import { Exclusions } from "./exclusions.ts";
import { FileContents } from "./file-contents.ts";
import { ALL_CHANGED, type Changed, GrownTable } from "./grown-table.ts";
import { seatsOf, seatsOfPairs } from "./number-seats.ts";
import { FilePlacer, type PlacedFiles } from "./placed-files.ts";
import { ScansInFiles } from "./scans-in-files.ts";
import { type FileSeries, seriesFrom, traceSeries } from "./trace-series.ts";
import {
  type SweepPeak,
  type TraceName,
  type TrendFiles,
  type TrendLog,
  type TrendResults,
  traceName,
} from "./trend-log.ts";

/** Which frequencies stand for signal on and off, or why ratio and KDM have no values. */
export type SignalPair =
  | { readonly kind: "pair"; readonly on_hz: number; readonly off_hz: number }
  | { readonly kind: "no-pair"; readonly reason: "one-frequency" | "not-measured" | "same-frequency" };

/** What a made series is kept under. */
type Step = "value" | "height" | "normalised" | "corrected" | "ratio" | "kdm";

type SeriesTable = GrownTable<keyof FileSeries>;

const EMPTY: FileSeries = {
  keys: new Float64Array(),
  xs: new Float64Array(),
  values: new Float64Array(),
  offsets: new Float64Array(),
  scans: new Float64Array(),
};

/**
 * Every series that follows from a log, its notes and the trend settings. One family for screen and exports, so
 * that their numbers are identical. A value that cannot be had is absent (NaN): no peak, excluded, no partner, a
 * denominator of zero, a reference that is missing or zero. Nothing is computed before it is asked for.
 */
export class DerivedTrends {
  readonly params: TrendParams;
  readonly files: TrendFiles;
  readonly exclusions: Exclusions;
  readonly placed: PlacedFiles;
  /** Ascending. */
  readonly electrodes: readonly number[];
  /** Ascending, Hz; empty where the files do not say. */
  readonly frequencies: readonly number[];
  /** Those of the traces: null first where some files do not say theirs (DPV seldom does). */
  readonly traced: readonly (number | null)[];
  readonly pair: SignalPair;
  /** Whether the results are those of CV or linear sweeps. */
  readonly ofSweeps: boolean;
  private readonly traces = new Map<string, TrendResults>();
  private readonly placer: FilePlacer;
  private readonly inFiles: ScansInFiles;
  private readonly contents: FileContents;
  private readonly made: Map<string, SeriesTable>;
  private readonly bands: Map<string, GrownTable<keyof ElectrodeBand>>;

  /**
   * @param before of the same log when it was shorter, with the same settings and exclusions: what it has made is
   * taken over and goes on growing, so it is of no use any more
   */
  constructor(
    { files, traces }: TrendLog,
    notes: readonly Note[],
    params: TrendParams,
    before?: DerivedTrends,
  ) {
    this.params = params;
    this.files = files;
    this.contents = before?.contents ?? new FileContents();
    this.contents.update(files);
    this.exclusions = new Exclusions(notes, files, this.contents);
    this.placer = before?.placer ?? new FilePlacer(params);
    this.inFiles = before?.inFiles ?? new ScansInFiles();
    this.made = before?.made ?? new Map();
    this.bands = before?.bands ?? new Map();
    this.mark(this.placer.update(files));
    this.placed = this.placer.placed;
    for (const trace of traces) this.traces.set(traceName(trace.id), trace);
    this.inFiles.update(this.traces.values());
    const ids = [...this.traces.values()].map(({ id }) => id);
    this.ofSweeps = ids.some(({ sweep }) => sweep !== undefined);
    this.electrodes = distinct(ids.map(({ electrode }) => electrode));
    this.frequencies = distinct(
      ids.flatMap(({ frequencyHz }) => (frequencyHz === null ? [] : [frequencyHz])),
    );
    const someUntold = ids.some(({ frequencyHz }) => frequencyHz === null);
    this.traced = someUntold ? [null, ...this.frequencies] : this.frequencies;
    this.pair = signalPair(this.frequencies, params);
  }

  /** The chosen quantity of one trace. */
  value(electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    return this.measured("value", { electrode, frequencyHz, sweep }, this.params.quantity);
  }

  /** Peak heights of one trace, whatever quantity is chosen. */
  heights(electrode: number, frequencyHz: number | null): FileSeries {
    return this.measured("height", { electrode, frequencyHz }, "height");
  }

  /** Shares of the reference; without one there are no values. */
  normalised(electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    const { reference } = this.params;
    return this.grown("normalised", traceName({ electrode, frequencyHz, sweep }), ({ key }) => {
      const all = this.value(electrode, frequencyHz, sweep);
      const divisor = reference === null ? Number.NaN : referenceValue(all, reference);
      return same(seriesFrom(all, key), (series) => sharesOf(series, divisor));
    });
  }

  /** The normalised signal with slope and offset added: L′ where the frequency is signal-off. */
  corrected(electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    const { slope, offset } = this.params.low;
    return this.grown("corrected", traceName({ electrode, frequencyHz, sweep }), ({ key }) =>
      same(seriesFrom(this.normalised(electrode, frequencyHz, sweep), key), (series) =>
        correctLow(series, slope, offset),
      ),
    );
  }

  /** H / L′ of one electrode. */
  ratio(electrode: number): FileSeries {
    return this.combined("ratio", electrode, ratio);
  }

  kdm(electrode: number): FileSeries {
    return this.combined("kdm", electrode, (pairs) => kdm(pairs, this.params.kdm));
  }

  /** One of the series by name; ratio and KDM have no frequency of their own. */
  signal(signal: TrendSignal, electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    if (signal === "ratio") return this.ratio(electrode);
    if (signal === "kdm") return this.kdm(electrode);
    return signal === "value"
      ? this.value(electrode, frequencyHz, sweep)
      : this.normalised(electrode, frequencyHz, sweep);
  }

  /** Mean, SD and n over the electrodes that count. */
  band(signal: TrendSignal, frequencyHz: number | null, sweep?: SweepPeak): ElectrodeBand {
    const own = signal === "value" || signal === "normalised" ? frequencyHz : null;
    const name = `${signal}/${traceName({ electrode: 0, frequencyHz: own, sweep })}/${this.pairName}/${this.counted}`;
    return tableOf(this.bands, name).current(({ key }) => {
      const from = (of: (electrode: number) => FileSeries) =>
        this.electrodes.map((electrode) => seriesFrom(of(electrode), key));
      const series = from((electrode) => this.signal(signal, electrode, own, sweep));
      const counted = new Set(this.counted);
      const counts = this.electrodes.map((electrode) => counted.has(electrode));
      const isOfPair = signal === "ratio" || signal === "kdm";
      return electrodeBand(series, isOfPair ? this.pairSeats(from) : seatsOf(series), counts);
    });
  }

  /** Electrodes that count in means. */
  get counted(): readonly number[] {
    const chosen = this.params.electrodes;
    return chosen === null ? this.electrodes : this.electrodes.filter((one) => chosen.includes(one));
  }

  /** The frequency that steps and calibration are taken from where the signal has one. */
  get signalFrequency(): number | null {
    return this.pair.kind === "pair"
      ? this.pair.on_hz
      : (this.params.on_hz ?? this.frequencies.at(-1) ?? null);
  }

  private pairSeats(from: (of: (electrode: number) => FileSeries) => FileSeries[]): readonly Uint32Array[] {
    const { pair } = this;
    if (pair.kind === "no-pair") return this.electrodes.map(() => new Uint32Array());
    const off = from((electrode) => this.normalised(electrode, pair.off_hz));
    const pairs = from((electrode) => this.normalised(electrode, pair.on_hz)).map((on, e) => {
      return { on, off: off[e] ?? EMPTY };
    });
    return seatsOfPairs(pairs);
  }

  private get pairName(): string {
    return this.pair.kind === "pair" ? `${this.pair.on_hz}:${this.pair.off_hz}` : "no pair";
  }

  private measured(step: Step, trace: TraceName, quantity: TrendQuantity): FileSeries {
    const name = traceName(trace);
    return this.grown(step, name, (changed) => {
      const results = this.traces.get(name);
      return results === undefined
        ? EMPTY
        : traceSeries(results, quantity, this.placed, this.exclusions, this.inFiles, changed);
    });
  }

  private combined(step: Step, electrode: number, of: (pairs: PairedSeries) => TrendSeries): FileSeries {
    const { pair } = this;
    if (pair.kind === "no-pair") return EMPTY;
    return this.grown(step, `${electrode}/${this.pairName}`, ({ key }) => {
      const on = seriesFrom(this.normalised(electrode, pair.on_hz), key);
      const off = seriesFrom(this.corrected(electrode, pair.off_hz), key);
      const pairs = pairUp(on, off);
      const ofEither = (column: "offsets" | "scans") =>
        Float64Array.from(pairs.onRows, (row, i) =>
          row < 0 ? off[column][pairs.offRows[i]!]! : on[column][row]!,
        );
      return { ...of(pairs), offsets: ofEither("offsets"), scans: ofEither("scans") };
    });
  }

  private grown(step: Step, name: string, make: (changed: Changed) => FileSeries): FileSeries {
    return tableOf(this.made, `${step}/${name}`).current(make);
  }

  /** What the log has brought: a change of the reference itself changes every share of it. */
  private mark(changed: Changed): void {
    const { reference } = this.params;
    const shares = reference !== null && changed.key <= reference.to ? ALL_CHANGED : changed;
    for (const [name, table] of this.made) table.mark(isMeasured(name) ? changed : shares);
    for (const [name, table] of this.bands) table.mark(isMeasured(name) ? changed : shares);
  }
}

function isMeasured(name: string): boolean {
  return name.startsWith("value/") || name.startsWith("height/");
}

function tableOf<Name extends string>(tables: Map<string, GrownTable<Name>>, name: string): GrownTable<Name> {
  let table = tables.get(name);
  if (table === undefined) {
    table = new GrownTable();
    tables.set(name, table);
  }
  return table;
}

function signalPair(frequencies: readonly number[], { on_hz, off_hz }: TrendParams): SignalPair {
  const usual = defaultSignalFrequencies(frequencies);
  const on = on_hz ?? usual?.on_hz;
  const off = off_hz ?? usual?.off_hz;
  if (on === undefined || off === undefined || frequencies.length < 2)
    return { kind: "no-pair", reason: "one-frequency" };
  if (on === off) return { kind: "no-pair", reason: "same-frequency" };
  if (!frequencies.includes(on) || !frequencies.includes(off))
    return { kind: "no-pair", reason: "not-measured" };
  return { kind: "pair", on_hz: on, off_hz: off };
}

/** A derivation that keeps every point in its place keeps its file too. */
function same(series: FileSeries, of: (series: TrendSeries) => TrendSeries): FileSeries {
  return { ...of(series), offsets: series.offsets, scans: series.scans };
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
