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
  const frequencies = distinct(traces.map((trace) => trace.id.frequencyHz ?? 0));
  const find = (electrode: number, frequency: number): Trace | undefined =>
    traces.find(({ id }) => id.electrode === electrode && (id.frequencyHz ?? 0) === frequency);
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
                Hz
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
            {frequencies.map((frequency) => (
              <tr key={frequency}>
                <th scope="row">
                  <button
                    type="button"
                    class="plain"
                    title={`${frequency} Hz: show or hide all`}
                    onClick={() =>
                      toggle(traces.filter((trace) => (trace.id.frequencyHz ?? 0) === frequency))
                    }
                  >
                    {frequency === 0 ? "–" : frequency}
                  </button>
                </th>
                {electrodes.map((electrode) => (
                  <td key={electrode}>
                    <TraceToggle trace={find(electrode, frequency)} />
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
  const { electrode, frequencyHz } = trace.id;
  const shown = !view.hidden.value.has(trace.key);
  return (
    <button
      type="button"
      class="trace-toggle"
      aria-pressed={shown}
      aria-label={`Electrode ${electrode}${frequencyHz === null ? "" : `, ${frequencyHz} Hz`}`}
      onClick={(event) => (event.altKey || event.shiftKey ? view.solo(trace.key) : view.toggle([trace.key]))}
    >
      <Swatch look={view.looks.value.look(trace.id, shownTheme.value)} />
    </button>
  );
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
