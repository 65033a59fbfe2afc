import { computed, effect, signal } from "@preact/signals";
import type { ResultRow } from "../../shared/protocol/log-tables.ts";
import type { Curve } from "../log/curve.ts";
import { scanGroup } from "../log/scan-group.ts";
import { type Trace, type TraceKey, traceKey } from "../log/trace.ts";
import type { Trend, TrendOrder } from "../log/trend.ts";
import { TraceLooks } from "../plots/trace-look.ts";
import { type SiScale, siScale } from "../words/si.ts";
import { storage } from "./browser-storage.ts";
import type { CurveStore } from "./curves.ts";
import type { SessionsStore } from "./sessions.ts";

export const AXES = ["file-number", "time", "elapsed"] as const;
export type TrendAxis = (typeof AXES)[number];

/** A part of the plot that was zoomed into; `y` null: as high as the data in it. */
export interface Zoom {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number] | null;
}

export interface Readout {
  readonly trace: Trace;
  readonly row: ResultRow | null;
}

export type Panel = "trend" | "scan" | "session";

/** The largest magnitude of one field; 0 without results. */
function largest(readouts: readonly Readout[], field: keyof ResultRow): number {
  return readouts.reduce((most, { row }) => Math.max(most, Math.abs(row?.[field] || 0)), 0);
}

const AXIS_KEY = "benchcast.axis";

/** How the shown session is looked at: which traces, which part, which scan. */
export class ViewStore {
  readonly axis = signal<TrendAxis>(AXES.find((axis) => axis === storage.getItem(AXIS_KEY)) ?? "file-number");
  readonly zoom = signal<Zoom | null>(null);
  /** Offset of the scan under the pointer. */
  readonly hovered = signal<number | null>(null);
  /** Offset of the scan that was chosen; null: always the latest. */
  readonly pinned = signal<number | null>(null);
  readonly hidden = signal<ReadonlySet<TraceKey>>(new Set());
  readonly asTable = signal(false);
  /** The one panel that a phone shows. */
  readonly panel = signal<Panel>("trend");
  /** Which visible trace's value is shown large, counted round. */
  readonly headlined = signal(0);
  readonly looks = computed(() => {
    this.sessions.shownId.value;
    return new TraceLooks();
  });
  readonly following = computed(() => this.zoom.value === null && this.pinned.value === null);
  private readonly sessions: SessionsStore;
  private readonly curves: CurveStore;

  constructor(sessions: SessionsStore, curves: CurveStore) {
    this.sessions = sessions;
    this.curves = curves;
    effect(() => {
      this.sessions.shownId.value;
      this.clear();
    });
    effect(() => this.wantCurves());
  }

  /** The trend in the order of the chosen axis, with everything that has arrived; null without a session. */
  readonly trend = computed<{ readonly trend: Trend } | null>(() => {
    const followed = this.sessions.followed.value;
    if (followed === null) return null;
    followed.changed.value; // a new object each time, so that what depends on it runs again
    return { trend: followed.trend(this.order()) };
  });

  /** All traces of the session, by electrode, then frequency. */
  readonly traces = computed<readonly Trace[]>(() => {
    const followed = this.sessions.followed.value;
    if (followed === null) return [];
    followed.changed.value;
    this.looks.value.admit([...followed.log.traces.values()].map((trace) => trace.id));
    const byId = (a: Trace, b: Trace): number =>
      a.id.electrode - b.id.electrode || (a.id.frequencyHz ?? 0) - (b.id.frequencyHz ?? 0);
    return [...followed.log.traces.values()].sort(byId);
  });

  readonly visible = computed(() => this.traces.value.filter((trace) => !this.hidden.value.has(trace.key)));

  /** Offset of the scan whose voltammogram and numbers are shown. */
  readonly focus = computed<number | null>(() => {
    const followed = this.sessions.followed.value;
    followed?.changed.value;
    return this.hovered.value ?? this.pinned.value ?? followed?.latest() ?? null;
  });

  /** Files shown together with the focused one: the same number at other frequencies. */
  readonly group = computed<readonly number[]>(() => {
    const followed = this.sessions.followed.value;
    const focus = this.focus.value;
    return followed === null || focus === null ? [] : scanGroup(followed.log, focus);
  });

  /** Voltammograms of the group that are here and belong to visible traces. */
  readonly shownCurves = computed<readonly Curve[]>(() => {
    this.curves.arrived.value;
    const followed = this.sessions.followed.value;
    if (followed === null) return [];
    const { sessionId, log } = followed;
    const visible = new Set(this.visible.value.map((trace) => trace.id.electrode));
    const curves = this.group.value.flatMap((offset) => this.curves.of({ sessionId, log, offset }));
    return curves.filter((curve) => visible.has(curve.electrode) && !this.hidden.value.has(traceKey(curve)));
  });

  /**
   * The result of every visible trace: of the focused round while a scan is looked at, else each trace's newest.
   * Null: the round has none for this trace.
   */
  readonly readouts = computed<readonly Readout[]>(() => {
    if (this.hovered.value !== null || this.pinned.value !== null) return this.roundReadouts.value;
    return this.visible.value.map((trace) => ({ trace, row: trace.row(trace.length - 1) }));
  });

  /** The results of the round in view, for every visible trace. */
  readonly roundReadouts = computed<readonly Readout[]>(() => {
    const group = this.group.value;
    return this.visible.value.map((trace) => {
      const row = group.map((offset) => trace.ofOffset(offset)).find((found) => found !== null);
      return { trace, row: row ?? null };
    });
  });

  /** One prefix for all heights on the page, which stays while it fits. */
  readonly heightScale = computed<SiScale>((() => {
    let scale: SiScale | null = null;
    return () => {
      scale = siScale(this.largestHeightA(), scale);
      return scale;
    };
  })());

  readonly areaScale = computed<SiScale>((() => {
    let scale: SiScale | null = null;
    return () => {
      scale = siScale(largest(this.roundReadouts.value, "peak_area_av"), scale);
      return scale;
    };
  })());

  /** Why the focused file has no curves, null while that is not known. */
  readonly curveProblem = computed<string | null>(() => {
    this.curves.arrived.value;
    const followed = this.sessions.followed.value;
    const focus = this.focus.value;
    if (followed === null || focus === null) return null;
    return this.curves.problemOf({ sessionId: followed.sessionId, log: followed.log, offset: focus });
  });

  setAxis(axis: TrendAxis): void {
    storage.setItem(AXIS_KEY, axis);
    this.zoom.value = null;
    this.axis.value = axis;
  }

  toggle(keys: readonly TraceKey[]): void {
    const hidden = new Set(this.hidden.value);
    const show = keys.some((key) => hidden.has(key));
    for (const key of keys) {
      if (show) hidden.delete(key);
      else hidden.add(key);
    }
    this.hidden.value = hidden;
  }

  /** Only this trace; all again when it was already the only one. */
  solo(key: TraceKey): void {
    const alone = this.visible.value.length === 1 && this.visible.value[0]?.key === key;
    const others = this.traces.value.filter((trace) => trace.key !== key).map((trace) => trace.key);
    this.hidden.value = new Set(alone ? [] : others);
  }

  /** Goes so many scans along the axis from the one in view; beyond the ends stands the first, or the last. */
  step(by: number): void {
    const trend = this.trend.value?.trend;
    const focus = this.focus.value;
    if (trend === undefined || focus === null || trend.offsets.length === 0) return;
    const from = trend.offsets.view().indexOf(focus);
    const to = Math.min(trend.offsets.length - 1, Math.max(0, from + by));
    this.pinned.value = trend.offsets.at(to);
  }

  follow(): void {
    this.zoom.value = null;
    this.pinned.value = null;
    this.hovered.value = null;
  }

  /** Over the whole run, so that the prefix does not follow the cursor. */
  private largestHeightA(): number {
    const lines = this.trend.value?.trend.lines;
    const ranges = this.visible.value.map(({ key }) => lines?.get(key)?.range() ?? [0, 0]);
    return ranges.reduce((most, [low, high]) => Math.max(most, -low, high), 0);
  }

  private order(): TrendOrder {
    return this.axis.value === "file-number" ? "file-number" : "time";
  }

  private clear(): void {
    this.follow();
    this.hidden.value = new Set();
    this.asTable.value = false;
  }

  private wantCurves(): void {
    const followed = this.sessions.followed.value;
    if (followed === null) return;
    const { sessionId, log } = followed;
    const electrodes = [...new Set(this.visible.value.map((trace) => trace.id.electrode))];
    this.curves.want(this.group.value.map((offset) => ({ sessionId, log, offset })), electrodes);
  }
}
