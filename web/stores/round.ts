import { computed, effect } from "@preact/signals";
import type { Curve } from "../log/curve.ts";
import { latestRound, latestScan } from "../log/latest-round.ts";
import { scanGroup } from "../log/scan-group.ts";
import { type Trace, type TraceRow, traceKey, traceOf } from "../log/trace.ts";
import { type SiScale, siScale } from "../words/si.ts";
import type { CurvePlace, CurveStore } from "./curves.ts";
import type { SessionsStore } from "./sessions.ts";
import type { ViewStore } from "./view.ts";

/** A visible trace and its result in the round; null: the round has none for it. */
export interface Readout {
  readonly trace: Trace;
  readonly row: TraceRow | null;
}

/** The round of scans in view, one file per frequency: its curves and numbers. */
export class RoundStore {
  private readonly sessions: SessionsStore;
  private readonly view: ViewStore;
  private readonly curves: CurveStore;
  private lastCurves: readonly Curve[] = [];
  private lastSession: string | null = null;
  private lastHeight: SiScale | null = null;
  private lastArea: SiScale | null = null;

  constructor(sessions: SessionsStore, view: ViewStore, curves: CurveStore) {
    this.sessions = sessions;
    this.view = view;
    this.curves = curves;
    effect(() => this.curves.want(this.places.value, this.electrodes.value));
  }

  /** No scan was chosen: the newest of every frequency is shown. */
  readonly latest = computed(() => this.view.hovered.value === null && this.view.pinned.value === null);

  /** Offset of the scan in view. */
  readonly focus = computed<number | null>(() => {
    const chosen = this.view.hovered.value ?? this.view.pinned.value;
    if (chosen !== null) return chosen;
    const followed = this.sessions.followed.value;
    const trend = this.view.trend.value?.trend;
    return followed === null || trend === undefined ? null : latestScan(followed.log, trend);
  });

  /** Offsets of the round's files, lowest frequency first. */
  readonly offsets = computed<readonly number[]>(() => {
    const followed = this.sessions.followed.value;
    const focus = this.focus.value;
    const trend = this.view.trend.value?.trend;
    if (followed === null || focus === null || trend === undefined) return [];
    return this.latest.value ? latestRound(trend, this.view.visible.value) : scanGroup(followed.log, focus);
  });

  readonly readouts = computed<readonly Readout[]>(() => {
    const offsets = this.offsets.value;
    return this.view.visible.value.map((trace) => {
      const row = offsets.map((offset) => trace.ofOffset(offset)).find((found) => found !== null);
      return { trace, row: row ?? null };
    });
  });

  /** Curves of visible traces. Until all of a round have come the ones before stay: a plot must not blink. */
  readonly shownCurves = computed<readonly Curve[]>(() => {
    this.curves.arrived.value;
    const places = this.places.value;
    const session = this.sessions.shownId.value;
    if (session !== this.lastSession) this.lastCurves = [];
    this.lastSession = session;
    if (places.every((place) => this.curves.complete(place, this.electrodes.value))) {
      this.lastCurves = places.flatMap((place) => this.curves.of(place));
    }
    return this.onlyVisible(this.lastCurves);
  });

  /** Why the file in view has no curves, null while that is not known. */
  readonly curveProblem = computed<string | null>(() => {
    this.curves.arrived.value;
    const problems = this.places.value.map((place) => this.curves.problemOf(place));
    return problems.find((problem) => problem !== null) ?? null;
  });

  /** One prefix for all heights on the page: of the whole run, so that it does not follow the cursor. */
  readonly heightScale = computed<SiScale>(() => {
    const lines = this.view.trend.value?.trend.lines;
    const ranges = this.view.visible.value.map(({ key }) => lines?.get(key)?.range() ?? [0, 0]);
    const largest = ranges.reduce((most, [low, high]) => Math.max(most, -low, high), 0);
    this.lastHeight = siScale(largest, this.lastHeight);
    return this.lastHeight;
  });

  readonly areaScale = computed<SiScale>(() => {
    const areas = this.readouts.value.map(({ row }) => Math.abs(row?.peak_area_av || 0));
    this.lastArea = siScale(Math.max(0, ...areas), this.lastArea);
    return this.lastArea;
  });

  readonly places = computed<readonly CurvePlace[]>(() => {
    const followed = this.sessions.followed.value;
    if (followed === null) return [];
    const { sessionId, log } = followed;
    return this.offsets.value.map((offset) => ({ sessionId, log, offset }));
  });

  private readonly electrodes = computed(() => [
    ...new Set(this.view.visible.value.map((trace) => trace.id.electrode)),
  ]);

  /** Of these curves, what the chosen traces show: of a cycle the peaks of its chosen segments. */
  onlyVisible(curves: readonly Curve[]): readonly Curve[] {
    const visible = new Set(this.view.visible.value.map((trace) => trace.key));
    return curves.flatMap((curve) => {
      if (curve.shape !== "cycle") return visible.has(traceKey(curve)) ? [curve] : [];
      const results = curve.results.filter((row) => visible.has(traceKey(traceOf(row))));
      return results.length === 0 ? [] : [{ ...curve, results }];
    });
  }

  /** Goes so many scans along the axis from the one in view; beyond the ends stands the first, or the last. */
  step(by: number): void {
    const trend = this.view.trend.value?.trend;
    const focus = this.focus.value;
    if (trend === undefined || focus === null || trend.offsets.length === 0) return;
    const from = trend.offsets.view().indexOf(focus);
    const to = Math.min(trend.offsets.length - 1, Math.max(0, from + by));
    this.view.pinned.value = trend.offsets.at(to);
  }
}
