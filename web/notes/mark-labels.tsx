import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { PlotFrame, ShownMark } from "../stores/trends.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { markWords, scanWords } from "./note-actions.ts";

/** Rows in which labels stand so as not to cover each other. */
const ROWS = 3;
const LETTER_PX = 7;
const DRAG_SLACK = 4;
/** Room that every plot has to the right of its frame. */
const BESIDE_PX = 12;

/** A label at the head of each mark: click to edit, drag or arrow keys to move, Delete to remove. */
export function MarkLabels() {
  const viewer = useViewer();
  const { trends } = viewer;
  const frame = trends.frame.value;
  if (frame === null) return null;
  const free = new Array<number>(ROWS).fill(Number.NEGATIVE_INFINITY);
  return (
    <div class="mark-labels">
      {trends.marks.value.map((mark) => {
        const left = place(frame, mark.x);
        if (left < frame.left || left > frame.right) return null;
        const width = 16 + LETTER_PX * markWords(mark.note).length;
        // At the plot's end there is no room behind the line.
        const isBefore = left + width > frame.right + BESIDE_PX && left - width > 0;
        const from = isBefore ? left - width : left;
        const row = Math.max(
          0,
          free.findIndex((until) => until <= from),
        );
        free[row] = from + width;
        const at = { left, row, isBefore };
        return <MarkLabel key={mark.note.note_id} mark={mark} at={at} frame={frame} />;
      })}
    </div>
  );
}

interface LabelProps {
  readonly mark: ShownMark;
  readonly at: {
    readonly left: number;
    readonly row: number;
    /** It stands to the left of its line. */
    readonly isBefore: boolean;
  };
  readonly frame: PlotFrame;
}

function MarkLabel({ mark: { note, x }, at: { left, row, isBefore }, frame }: LabelProps) {
  const viewer = useViewer();
  const { notes, mayControl } = viewer;
  const drag = useMemo(() => signal<{ from: number; by: number } | null>(null), []);
  const by = drag.value?.by ?? 0;
  const isMoved = Math.abs(by) > DRAG_SLACK;
  const open = (): void => {
    if (mayControl.value) notes.edited.value = note.note_id;
  };
  const moveTo = (offset: number | null): void => {
    if (offset !== null)
      notes.edit(note, { at: { offset } }, `${markWords(note)}: moved to ${scanWords(viewer, offset)}.`);
  };
  return (
    <button
      type="button"
      class={isBefore ? "mark-label before" : "mark-label"}
      data-testid="mark-label"
      disabled={!mayControl.value}
      style={{ left: `${left + (isMoved ? by : 0)}px`, top: `${frame.top + 2 + 20 * row}px` }}
      title={mayControl.value ? "Click to edit, drag or ← → to move, Delete to remove" : note.text}
      onPointerDown={(event) => {
        if (!mayControl.value) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.value = { from: event.clientX, by: 0 };
      }}
      onPointerMove={(event) => {
        if (drag.value !== null) drag.value = { ...drag.value, by: event.clientX - drag.value.from };
      }}
      onPointerUp={() => {
        drag.value = null;
        if (isMoved) moveTo(nearestScan(viewer, frame, left + by));
        else open();
      }}
      onPointerCancel={() => {
        drag.value = null;
      }}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (event.key === "Enter") open();
        else if (event.key === "Delete" || event.key === "Backspace")
          notes.remove(note, `${markWords(note)}: removed.`);
        else if (step !== undefined) moveTo(neighbour(viewer, x, step));
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {markWords(note)}
    </button>
  );
}

function place({ left, right, x: [from, to] }: PlotFrame, x: number): number {
  return left + ((x - from) / (to - from)) * (right - left);
}

function nearestScan({ view }: Viewer, { left, right, x: [from, to] }: PlotFrame, at: number): number | null {
  const trend = view.trend.value?.trend;
  if (trend === undefined || trend.xs.length === 0) return null;
  const x = from + ((at - left) / (right - left)) * (to - from);
  const next = Math.min(trend.xs.length - 1, trend.xs.lowerBound(x));
  const before = Math.max(0, next - 1);
  return trend.offsets.at(x - trend.xs.at(before) < trend.xs.at(next) - x ? before : next);
}

/** The first file of the round before or behind a place on the axis. */
function neighbour({ view }: Viewer, x: number, step: number): number | null {
  const trend = view.trend.value?.trend;
  if (trend === undefined || trend.xs.length === 0) return null;
  const index = step > 0 ? trend.xs.upperBound(x) : trend.xs.lowerBound(x) - 1;
  return index < 0 || index >= trend.xs.length ? null : trend.offsets.at(index);
}
