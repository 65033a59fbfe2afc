import { defaultSignalFrequencies, kdm, ratio } from "../electrochem/kdm.ts";
import { correctLow, normalise } from "../electrochem/normalise.ts";
import { type PairedSeries, pairUp, type TrendSeries } from "../electrochem/trend-series.ts";
import type { Note } from "../protocol/note.ts";
import type { TrendParams, TrendSignal } from "../protocol/trend-params.ts";
import { type ElectrodeBand, electrodeBand } from "./electrode-band.ts";
import { Exclusions } from "./exclusions.ts";
import { type PlacedFiles, placeFiles } from "./placed-files.ts";
import { type FileSeries, traceSeries } from "./trace-series.ts";
import { type SweepPeak, type TraceName, type TrendLog, type TrendResults, traceName } from "./trend-log.ts";

/** Which frequencies stand for signal on and off, or why ratio and KDM have no values. */
export type SignalPair =
  | { readonly kind: "pair"; readonly on_hz: number; readonly off_hz: number }
  | { readonly kind: "no-pair"; readonly reason: "one-frequency" | "not-measured" | "same-frequency" };

/** What a made series is kept under. */
type Step = "value" | "height" | "normalised" | "corrected" | "ratio" | "kdm";

const EMPTY: FileSeries = {
  keys: new Float64Array(),
  xs: new Float64Array(),
  values: new Float64Array(),
  offsets: new Float64Array(),
};

/**
 * Every series that follows from a log, its notes and the trend settings. One family for screen and exports, so
 * that their numbers are identical. A value that cannot be had is absent (NaN): no peak, excluded, no partner, a
 * denominator of zero, a reference that is missing or zero. Nothing is computed before it is asked for.
 */
export class DerivedTrends {
  readonly params: TrendParams;
  readonly exclusions: Exclusions;
  readonly placed: PlacedFiles;
  /** Ascending. */
  readonly electrodes: readonly number[];
  /** Ascending, Hz; empty where the files do not say. */
  readonly frequencies: readonly number[];
  readonly pair: SignalPair;
  /** Whether the results are those of CV or linear sweeps. */
  readonly ofSweeps: boolean;
  private readonly traces = new Map<string, TrendResults>();
  private readonly made = new Map<string, FileSeries>();
  private readonly bands = new Map<string, ElectrodeBand>();

  constructor({ files, traces }: TrendLog, notes: readonly Note[], params: TrendParams) {
    this.params = params;
    this.exclusions = new Exclusions(notes, files);
    this.placed = placeFiles(files, params);
    for (const trace of traces) this.traces.set(traceName(trace.id), trace);
    const ids = [...this.traces.values()].map(({ id }) => id);
    this.ofSweeps = ids.some(({ sweep }) => sweep !== undefined);
    this.electrodes = distinct(ids.map(({ electrode }) => electrode));
    this.frequencies = distinct(
      ids.flatMap(({ frequencyHz }) => (frequencyHz === null ? [] : [frequencyHz])),
    );
    this.pair = signalPair(this.frequencies, params);
  }

  /** The chosen quantity of one trace. */
  value(electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    return this.once("value", { electrode, frequencyHz, sweep }, () => {
      const results = this.traces.get(traceName({ electrode, frequencyHz, sweep }));
      if (results === undefined) return EMPTY;
      return traceSeries(results, this.params.quantity, this.placed, this.exclusions);
    });
  }

  /** Peak heights of one trace, whatever quantity is chosen. */
  heights(electrode: number, frequencyHz: number | null): FileSeries {
    return this.once("height", { electrode, frequencyHz }, () => {
      const results = this.traces.get(traceName({ electrode, frequencyHz }));
      return results === undefined ? EMPTY : traceSeries(results, "height", this.placed, this.exclusions);
    });
  }

  /** Shares of the reference; without one there are no values. */
  normalised(electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    const { reference } = this.params;
    return this.once("normalised", { electrode, frequencyHz, sweep }, () =>
      same(this.value(electrode, frequencyHz, sweep), (series) =>
        reference === null ? absent(series) : normalise(series, reference),
      ),
    );
  }

  /** The normalised signal with slope and offset added: L′ where the frequency is signal-off. */
  corrected(electrode: number, frequencyHz: number | null, sweep?: SweepPeak): FileSeries {
    const { slope, offset } = this.params.low;
    return this.once("corrected", { electrode, frequencyHz, sweep }, () =>
      same(this.normalised(electrode, frequencyHz, sweep), (series) => correctLow(series, slope, offset)),
    );
  }

  /** H / L′ of one electrode. */
  ratio(electrode: number): FileSeries {
    return this.once("ratio", { electrode, frequencyHz: null }, () => this.combined(electrode, ratio));
  }

  kdm(electrode: number): FileSeries {
    return this.once("kdm", { electrode, frequencyHz: null }, () =>
      this.combined(electrode, (pairs) => kdm(pairs, this.params.kdm)),
    );
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
    const name = `${signal}/${traceName({ electrode: 0, frequencyHz: own, sweep })}`;
    let band = this.bands.get(name);
    if (band === undefined) {
      band = electrodeBand(this.counted.map((electrode) => this.signal(signal, electrode, own, sweep)));
      this.bands.set(name, band);
    }
    return band;
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

  private combined(electrode: number, of: (pairs: PairedSeries) => TrendSeries): FileSeries {
    if (this.pair.kind === "no-pair") return EMPTY;
    const on = this.normalised(electrode, this.pair.on_hz);
    const off = this.corrected(electrode, this.pair.off_hz);
    const pairs = pairUp(on, off);
    const offsets = new Float64Array(pairs.onRows.length);
    for (let i = 0; i < offsets.length; i++) {
      const row = pairs.onRows[i]!;
      offsets[i] = row < 0 ? off.offsets[pairs.offRows[i]!]! : on.offsets[row]!;
    }
    return { ...of(pairs), offsets };
  }

  private once(step: Step, trace: TraceName, make: () => FileSeries): FileSeries {
    const name = `${step}/${traceName(trace)}`;
    let series = this.made.get(name);
    if (series === undefined) {
      series = make();
      this.made.set(name, series);
    }
    return series;
  }
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
  return { ...of(series), offsets: series.offsets };
}

function absent(series: TrendSeries): TrendSeries {
  return { ...series, values: new Float64Array(series.values.length).fill(Number.NaN) };
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
