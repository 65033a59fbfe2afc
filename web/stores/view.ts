import { computed, effect, signal } from "@preact/signals";
import { isMainPeak } from "../log/main-peaks.ts";
import type { Trace, TraceKey } from "../log/trace.ts";
import type { Trend, TrendOrder } from "../log/trend.ts";
import { TraceLooks } from "../plots/trace-look.ts";
import { storage } from "./browser-storage.ts";
import type { SessionsStore } from "./sessions.ts";

export const AXES = ["file-number", "time", "elapsed"] as const;
export type TrendAxis = (typeof AXES)[number];

/** A part of the plot that was zoomed into; `y` null: as high as the data in it. */
export interface Zoom {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number] | null;
}

export type Panel = "trend" | "scan" | "session";

const AXIS_KEY = "benchcast.axis";

/** How the shown session is looked at: which traces, which part of the run, which scan. */
export class ViewStore {
  readonly axis = signal<TrendAxis>(AXES.find((axis) => axis === storage.getItem(AXIS_KEY)) ?? "file-number");
  readonly zoom = signal<Zoom | null>(null);
  /** Offset of the scan under the pointer. */
  readonly hovered = signal<number | null>(null);
  /** Offset of the scan that was chosen; null: always the latest. */
  readonly pinned = signal<number | null>(null);
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
  /** What was shown or hidden by hand. */
  private readonly choices = signal<ReadonlyMap<TraceKey, boolean>>(new Map());
  private readonly sessions: SessionsStore;

  constructor(sessions: SessionsStore) {
    this.sessions = sessions;
    effect(() => {
      this.sessions.shownId.value;
      this.clear();
    });
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
    return [...followed.log.traces.values()].sort(byPlace);
  });

  readonly hidden = computed<ReadonlySet<TraceKey>>(() => {
    const params = this.sessions.shown.value?.params;
    const choices = this.choices.value;
    const isShown = (trace: Trace) =>
      choices.get(trace.key) ?? (params === undefined || isMainPeak(trace, params));
    return new Set(this.traces.value.filter((trace) => !isShown(trace)).map(({ key }) => key));
  });

  readonly visible = computed(() => this.traces.value.filter((trace) => !this.hidden.value.has(trace.key)));

  setAxis(axis: TrendAxis): void {
    storage.setItem(AXIS_KEY, axis);
    this.zoom.value = null;
    this.axis.value = axis;
  }

  toggle(keys: readonly TraceKey[]): void {
    const show = keys.some((key) => this.hidden.value.has(key));
    this.choices.value = new Map([...this.choices.value, ...keys.map((key) => [key, show] as const)]);
  }

  /** Only this trace; the usual ones again when it was already the only one. */
  solo(key: TraceKey): void {
    const alone = this.visible.value.length === 1 && this.visible.value[0]?.key === key;
    this.choices.value = new Map(
      alone ? [] : this.traces.value.map((trace) => [trace.key, trace.key === key]),
    );
  }

  follow(): void {
    this.zoom.value = null;
    this.pinned.value = null;
    this.hovered.value = null;
  }

  private order(): TrendOrder {
    return this.axis.value === "file-number" ? "file-number" : "time";
  }

  private clear(): void {
    this.follow();
    this.choices.value = new Map();
    this.asTable.value = false;
  }
}

/** By electrode, then frequency, then segment. */
function byPlace({ id: a }: Trace, { id: b }: Trace): number {
  return (
    a.electrode - b.electrode ||
    (a.frequencyHz ?? 0) - (b.frequencyHz ?? 0) ||
    (a.sweep?.segment ?? 0) - (b.sweep?.segment ?? 0) ||
    (b.sweep?.direction ?? 0) - (a.sweep?.direction ?? 0)
  );
}
