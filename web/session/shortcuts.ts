import { askToExclude, mark } from "../notes/note-actions.ts";
import { zoomLimits } from "../plots/follow-limits.ts";
import type { Limits } from "../plots/stepped-limits.ts";
import type { Viewer } from "../stores/viewer.ts";
import { helpOpen } from "./help-dialog.tsx";

const ZOOM_FACTOR = 1.5;

/** Keys of the session page. @returns how to stop listening */
export function listenForShortcuts(viewer: Viewer): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || belongsElsewhere(event))
      return;
    if (act(viewer, event)) event.preventDefault();
  };
  addEventListener("keydown", listener);
  return () => removeEventListener("keydown", listener);
}

/** Keys that scroll a table that has the focus. */
const SCROLLS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** Keys that a field, a dialog or a widget with its own keys needs. */
function belongsElsewhere({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(".numbers-scroll") !== null && SCROLLS.has(key)) return true;
  return target.closest("input, select, textarea, dialog, [role=tablist]") !== null;
}

/** @returns whether the key means something here */
function act(viewer: Viewer, { key, shiftKey }: KeyboardEvent): boolean {
  const { view, sessions } = viewer;
  if (key === "?") {
    helpOpen.value = true;
    return true;
  }
  if (sessions.shown.value === null || viewer.setup.active.value) return false;
  const action = ACTIONS[key.length === 1 ? key.toLowerCase() : key];
  if (action === undefined) return false;
  action(viewer, shiftKey);
  if (key.startsWith("Arrow")) view.hovered.value = null;
  return true;
}

const ACTIONS: Record<string, (viewer: Viewer, shift: boolean) => void> = {
  ArrowLeft: ({ round }, shift) => round.step(shift ? -10 : -1),
  ArrowRight: ({ round }, shift) => round.step(shift ? 10 : 1),
  Home: ({ round }) => round.step(Number.NEGATIVE_INFINITY),
  End: ({ round }) => round.step(Number.POSITIVE_INFINITY),
  l: ({ view }) => view.follow(),
  Escape: ({ view }) => view.follow(),
  "+": (viewer) => zoomBy(viewer, 1 / ZOOM_FACTOR),
  "=": (viewer) => zoomBy(viewer, 1 / ZOOM_FACTOR),
  "-": (viewer) => zoomBy(viewer, ZOOM_FACTOR),
  "0": ({ view }) => {
    view.zoom.value = null;
  },
  e: ({ exports }) => exports.show(),
  m: (viewer, shift) => mark(viewer, shift ? "note" : "injection"),

  x: askToExclude,
  z: ({ notes }) => {
    const undo = notes.undo.value;
    notes.undo.value = null;
    undo?.back();
  },
  s: ({ trends }) => {
    trends.settingsOpen.value = !trends.settingsOpen.value;
  },
  k: ({ trends }) => {
    trends.lower.value = trends.lower.value === "calibration" ? "scan" : "calibration";
  },
  t: ({ view }) => {
    view.asTable.value = !view.asTable.value;
  },
};

/** Zooms along the axis around the scan in view, else around the middle. */
export function zoomBy({ view }: Viewer, factor: number): void {
  const trend = view.trend.value?.trend;
  if (trend === undefined || trend.xs.length === 0) return;
  const whole: Limits = [trend.xs.at(0), trend.xs.at(trend.xs.length - 1)];
  const now = view.zoom.value?.x ?? whole;
  const focus = view.pinned.value ?? view.hovered.value;
  const x = focus === null ? Number.NaN : trend.xOf(focus);
  const around = x >= now[0] && x <= now[1] ? x : (now[0] + now[1]) / 2;
  const next = zoomLimits(now, around, factor, whole);
  view.zoom.value = next === null ? null : { x: next, y: view.zoom.value?.y ?? null };
}
