import type { Trace } from "../log/trace.ts";
import { Swatch } from "../plots/swatch.tsx";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";

/** Every trace of the session, electrode by frequency: which are shown, and how they look. */
export function TraceMatrix() {
  const { view } = useViewer();
  const traces = view.traces.value;
  if (traces.length === 0) return null;
  const electrodes = distinct(traces.map((trace) => trace.id.electrode));
  const rows = [...new Set([...traces].sort((a, b) => rank(a) - rank(b)).map(rowName))];
  const bySegment = traces.some(({ id }) => id.sweep !== undefined);
  const find = (electrode: number, row: string): Trace | undefined =>
    traces.find((trace) => trace.id.electrode === electrode && rowName(trace) === row);
  const toggle = (chosen: readonly Trace[]): void => view.toggle(chosen.map((trace) => trace.key));
  return (
    <section class="side-section" aria-labelledby="traces-title">
      <div class="side-head">
        <h2 id="traces-title">Traces</h2>
        <span class="quiet" title="Alt or Shift and click shows one trace alone">
          {view.visible.value.length === traces.length
            ? `${traces.length}`
            : `${view.visible.value.length} of ${traces.length}`}
        </span>
      </div>
      <div class="matrix-scroll">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col" class="quiet">
                {bySegment ? "Peak" : "Hz"}
              </th>
              {electrodes.map((electrode) => (
                <th scope="col" key={electrode}>
                  <button
                    type="button"
                    class="plain"
                    title={`Electrode ${electrode}: show or hide all`}
                    onClick={() => toggle(traces.filter((trace) => trace.id.electrode === electrode))}
                  >
                    E{electrode}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                <th scope="row">
                  <button
                    type="button"
                    class="plain"
                    title={`${row}${bySegment ? "" : "\u202fHz"}: show or hide all`}
                    onClick={() => toggle(traces.filter((trace) => rowName(trace) === row))}
                  >
                    {row}
                  </button>
                </th>
                {electrodes.map((electrode) => (
                  <td key={electrode}>
                    <TraceToggle trace={find(electrode, row)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function TraceToggle({ trace }: { readonly trace: Trace | undefined }) {
  const { view } = useViewer();
  if (trace === undefined) return null;
  const shown = !view.hidden.value.has(trace.key);
  return (
    <button
      type="button"
      class="trace-toggle"
      aria-pressed={shown}
      aria-label={spokenName(trace)}
      onClick={(event) => (event.altKey || event.shiftKey ? view.solo(trace.key) : view.toggle([trace.key]))}
    >
      <Swatch look={view.looks.value.look(trace.id, shownTheme.value)} />
    </button>
  );
}

/** Ascending frequency; of a segment the peak that points up first. */
function rank({ id: { frequencyHz, sweep } }: Trace): number {
  return sweep === undefined ? (frequencyHz ?? 0) : 2 * sweep.segment - Math.max(0, sweep.direction);
}

/** Frequency, or segment with the way its peak points. */
function rowName({ id: { frequencyHz, sweep } }: Trace): string {
  if (sweep !== undefined) return `${sweep.segment} ${sweep.direction > 0 ? "↑" : "↓"}`;
  return frequencyHz === null ? "–" : String(frequencyHz);
}

function spokenName({ id: { electrode, frequencyHz, sweep } }: Trace): string {
  const segment =
    sweep === undefined ? "" : `, segment ${sweep.segment}, peak ${sweep.direction > 0 ? "up" : "down"}`;
  return `Electrode ${electrode}${frequencyHz === null ? "" : `, ${frequencyHz} Hz`}${segment}`;
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
