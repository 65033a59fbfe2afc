import { computed, effect, signal } from "@preact/signals";
import { replicateGroups } from "../../shared/electrochem/replicates.ts";
import type { Note } from "../../shared/protocol/note.ts";
import type { TrendSignal } from "../../shared/protocol/trend-params.ts";
import type { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { meanSeries } from "../../shared/trends/electrode-band.ts";
import { GrowingTrends } from "../../shared/trends/growing-trends.ts";
import { markX } from "../../shared/trends/marks.ts";
import { type CalibratedTrend, calibratedTrend } from "../../shared/trends/titration.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";
import { type TraceId, traceKey } from "../log/trace.ts";
import type { Canvas } from "../plots/canvas.ts";
import { sweepName, traceName as traceWords } from "../session/trend-summary.ts";
import { lineRange, placesOf, plotLine, type ShownLine, sortedOrder } from "../trends/shown-line.ts";
import { type SiScale, siScale } from "../words/si.ts";
import type { NoteStore } from "./notes.ts";
import type { SessionsStore } from "./sessions.ts";
import { shownTheme } from "./theme.ts";
import type { ViewStore } from "./view.ts";

/** A mark as it stands in the plot. */
export interface ShownMark {
  readonly note: Note;
  readonly x: number;
}

export interface PlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: readonly [number, number];
}

const NO_FILES = new Float64Array();

/** What is derived from the shown session for this reader: at most once a frame, and only what is looked at. */
export class TrendStore {
  /** Which series is drawn. */
  readonly signal = signal<TrendSignal>("value");
  /** One line per frequency with its spread instead of one per electrode. */
  readonly asMean = signal(false);
  readonly settingsOpen = signal(false);
  /** What stands below the trend. */
  readonly lower = signal<"scan" | "calibration" | "map">("scan");
  /** The frame of the picture, CSS px, and the part of the axis in it: where labels stand. */
  readonly frame = signal<PlotFrame | null>(null);
  private readonly sessions: SessionsStore;
  private readonly view: ViewStore;
  private readonly notes: NoteStore;
  private readonly growing = new GrowingTrends();
  private lastScale: SiScale | null = null;

  constructor(sessions: SessionsStore, view: ViewStore, notes: NoteStore) {
    this.sessions = sessions;
    this.view = view;
    this.notes = notes;
    let shown: string | null = null;
    effect(() => {
      const session = sessions.shown.value;
      if (session === null || session.session_id === shown) return;
      shown = session.session_id;
      this.lower.value = session.technique === "frequency-map" ? "map" : "scan";
    });
  }

  readonly derived = computed<DerivedTrends | null>(() => {
    const followed = this.sessions.followed.value;
    if (followed === null) return null;
    followed.changed.value;
    const { log } = followed;
    const source = { files: log, traces: log.traces.values() };
    return this.growing.derive(source, log.generation, this.notes.notes.value, this.notes.params.value);
  });

  /** Where each file stands along the shown axis. */
  readonly shownXs = computed<Float64Array>(() => {
    const derived = this.derived.value;
    if (derived === null) return NO_FILES;
    const { numbers, timesMs } = derived.placed;
    return this.view.axis.value === "file-number" ? numbers : timesMs;
  });

  readonly lines = computed<readonly ShownLine[]>(() => {
    const derived = this.derived.value;
    if (derived === null) return [];
    const kind = this.signal.value;
    const paired = kind === "ratio" || kind === "kdm";
    if (paired && derived.pair.kind === "no-pair") return [];
    const visible = this.view.visible.value.map(({ id }) => id);
    if (this.asMean.value) {
      const groups = paired
        ? [{ electrode: 0, frequencyHz: derived.signalFrequency }]
        : acrossElectrodes(visible);
      return groups.map((group) => this.meanLine(derived, kind, group));
    }
    const ids = paired
      ? distinct(visible.map((id) => id.electrode)).map((electrode) => ({
          electrode,
          frequencyHz: derived.signalFrequency,
        }))
      : visible;
    return ids.map((id: TraceId) => {
      const { electrode, frequencyHz, sweep } = id;
      const series = derived.signal(kind, electrode, frequencyHz, sweep);
      const look = this.view.looks.value.look(id, shownTheme.value);
      const name = paired ? `E${electrode}` : traceWords({ id });
      return this.shown(traceKey(id), name, look, series, null);
    });
  });

  /** Unit prefix of the drawn quantity, of the whole run, so that it does not follow the cursor. */
  readonly scale = computed<SiScale>(() => {
    const ranges = this.lines.value.map(({ line }) => lineRange(line) ?? [0, 0]);
    const largest = ranges.reduce((most, [low, high]) => Math.max(most, -low, high), 0);
    this.lastScale = siScale(largest, this.lastScale);
    return this.lastScale;
  });

  readonly marks = computed<readonly ShownMark[]>(() => {
    const derived = this.derived.value;
    const log = this.sessions.followed.value?.log;
    if (derived === null || log === undefined) return [];
    const axis = { xs: this.shownXs.value, perMs: this.view.axis.value === "file-number" ? null : 1 };
    return this.notes.notes.value
      .filter(({ kind }) => kind !== "exclude")
      .flatMap((note) => {
        const x = markX(note.at, log, derived.placed, axis);
        return x === null ? [] : [{ note, x }];
      })
      .sort((a, b) => a.x - b.x);
  });

  /** The signal that steps and calibration are taken from: across electrodes where there are several. */
  readonly calibrated = computed<CalibratedTrend | null>(() => {
    const derived = this.derived.value;
    if (derived === null) return null;
    return calibratedTrend(derived, this.notes.notes.value, this.view.visible.value[0]?.id.sweep);
  });

  /** Told by the picture whenever it is drawn. */
  place({ frame, ratio, xLimits }: Canvas): void {
    const [left, right] = [frame.left / ratio, frame.right / ratio];
    const [top, bottom] = [frame.top / ratio, frame.bottom / ratio];
    const next: PlotFrame = { left, right, top, bottom, x: xLimits };
    if (JSON.stringify(next) !== JSON.stringify(this.frame.peek())) this.frame.value = next;
  }

  private meanLine(derived: DerivedTrends, kind: TrendSignal, { frequencyHz, sweep }: TraceId): ShownLine {
    const band = derived.band(kind, frequencyHz, sweep);
    const electrode = derived.counted[0] ?? derived.electrodes[0] ?? 1;
    const look = {
      ...this.view.looks.value.look({ electrode, frequencyHz, sweep }, shownTheme.value),
      dash: [],
    };
    const paired = kind === "ratio" || kind === "kdm";
    const electrodes = `mean, n\u2009=\u2009${derived.counted.length}`;
    const group = sweep === undefined ? `${frequencyHz}\u202fHz` : sweepName(sweep);
    const isOnly = paired || (frequencyHz === null && sweep === undefined);
    const name = isOnly ? electrodes : `${group}, ${electrodes}`;
    return this.shown(
      `mean ${traceKey({ electrode: 0, frequencyHz, sweep })}`,
      name,
      look,
      meanSeries(band),
      band.sd,
    );
  }

  private shown(
    id: string,
    name: string,
    look: ShownLine["look"],
    series: FileSeries,
    sd: Float64Array | null,
  ): ShownLine {
    const line = plotLine(series, this.shownXs.value);
    const order = sd === null ? null : sortedOrder(placesOf(series, this.shownXs.value));
    const spread = sd === null || order === null ? sd : Float64Array.from(order, (i) => sd[i] ?? Number.NaN);
    const { replicates } = this.notes.params.value;
    const groups =
      replicates < 2
        ? []
        : replicateGroups({ keys: line.keys, xs: line.xs, values: line.ys }, replicates).map((group) => ({
            x: group.x,
            mean: group.mean,
            error: group.standardError,
          }));
    const band =
      spread === null
        ? null
        : {
            low: line.ys.map((mean, i) => mean - (spread[i] ?? Number.NaN)),
            high: line.ys.map((mean, i) => mean + (spread[i] ?? Number.NaN)),
          };
    return { id, name, look, line, band, groups, series };
  }
}

/** What the same electrodes have in common: one of each frequency, or peak of a segment. */
function acrossElectrodes(ids: readonly TraceId[]): TraceId[] {
  return [...new Map(ids.map((id) => [traceKey({ ...id, electrode: 0 }), id])).values()];
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
