import { flagWords, peakWords } from "../log/result-words.ts";
import { kindOf, type TraceRow } from "../log/trace.ts";
import { Swatch } from "../plots/swatch.tsx";
import type { Readout } from "../stores/round.ts";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";
import { trialReadouts } from "../tuning/trial-readouts.ts";
import { fixed, siNumber } from "../words/si.ts";
import { DECAY_AT_A_GLANCE, type ScaledColumn, scaledFor } from "./result-columns.ts";
import { ScanFiles } from "./scan-files.tsx";
import { ScanRemarks } from "./scan-remarks.tsx";
import { otherScan } from "./shown-point.ts";
import { traceName } from "./trend-summary.ts";

/** The numbers of the round in view, a line for each visible trace. */
export function ScanNumbers() {
  const { round, sessions, tuning } = useViewer();
  const trial = tuning.curves.value;
  const readouts = trial === null ? round.readouts.value : trialReadouts(trial, round.readouts.value);
  const rows = readouts.flatMap(({ row }) => row ?? []);
  const decay = sessions.shown.value?.technique === "ca" ? scaledFor(DECAY_AT_A_GLANCE, rows) : null;
  return (
    <div class="scan-numbers">
      <header class="panel-head">
        <h2>Numbers</h2>
      </header>
      <div class="numbers-scroll">
        <table class="numbers" data-testid="scan-numbers">
          <thead>
            <tr>
              <th scope="col">Trace</th>
              {decay === null ? (
                <PeakQuantities />
              ) : (
                decay.map(({ name, unit }) => <Quantity name={name} unit={unit} key={name} />)
              )}
            </tr>
          </thead>
          <tbody>
            {readouts.map((readout) => (
              <NumbersRow key={readout.trace.key} readout={readout} decay={decay} />
            ))}
          </tbody>
        </table>
      </div>
      <ScanRemarks />
      <ScanFiles />
    </div>
  );
}

function PeakQuantities() {
  const { round } = useViewer();
  return (
    <>
      <Quantity name="Height" unit={`${round.heightScale.value.symbol}A`} />
      <Quantity name="E" unit="V" />
      <Quantity name="Area" unit={`${round.areaScale.value.symbol}A·V`} />
      <Quantity name="Half width" unit="mV" />
      <Quantity name="S/N" unit="" />
    </>
  );
}

function Quantity({ name, unit }: { readonly name: string; readonly unit: string }) {
  return (
    <th scope="col">
      {name}
      <span class="numbers-unit">{unit}</span>
    </th>
  );
}

interface NumbersRowProps {
  readonly readout: Readout;
  /** Of decays; null: the scans have peaks. */
  readonly decay: readonly ScaledColumn[] | null;
}

function NumbersRow({ readout: { trace, row }, decay }: NumbersRowProps) {
  const viewer = useViewer();
  const elsewhere = row === null ? null : otherScan(viewer, row.offset);
  return (
    <tr>
      <th scope="row">
        <Swatch look={viewer.view.looks.value.look(trace.id, shownTheme.value)} /> {traceName(trace)}
        {elsewhere !== null && <span class="quiet"> {elsewhere}</span>}
      </th>
      {row !== null && decay !== null && kindOf(row) === "fitted" ? (
        decay.map((column) => <td key={column.name}>{column.text(row)}</td>)
      ) : row !== null && kindOf(row) === "peak" ? (
        <PeakCells row={row} />
      ) : (
        <td colSpan={decay?.length ?? 5}>{row === null ? "–" : peakWords(row)}</td>
      )}
    </tr>
  );
}

function PeakCells({ row }: { readonly row: TraceRow }) {
  const { round } = useViewer();
  const flags = flagWords(row);
  return (
    <>
      <td>
        {siNumber(row.peak_height_a, round.heightScale.value)}
        {flags.length > 0 && (
          <span class="flag" title={flags.join("; ")} role="img" aria-label={flags.join("; ")}>
            {" "}
            !
          </span>
        )}
      </td>
      <td>{fixed(row.peak_potential_v, 3)}</td>
      <td>{siNumber(row.peak_area_av, round.areaScale.value)}</td>
      <td>{number(row.half_width_v * 1000, 0)}</td>
      <td>{number(row.snr, row.snr < 100 ? 1 : 0)}</td>
    </>
  );
}

function number(value: number, decimals: number): string {
  return Number.isNaN(value) ? "–" : fixed(value, decimals);
}
