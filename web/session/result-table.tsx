import { useState } from "preact/hooks";
import { ENTRY_STATUS } from "../../shared/protocol/log-tables.ts";
import { noPeakWords } from "../log/result-words.ts";
import { countRounds, latestRounds } from "../log/rounds.ts";
import { kindOf, type Trace } from "../log/trace.ts";
import { useViewer } from "../stores/viewer.ts";
import { countText } from "../words/counts.ts";
import { siNumber } from "../words/si.ts";
import { traceName } from "./trend-summary.ts";

const PAGE = 100;

/** The trend as a table, newest first: for screen readers, for the keyboard, and for reading a value off. */
export function ResultTableView() {
  const { view, sessions, round } = useViewer();
  const [page, setPage] = useState(0);
  const trend = view.trend.value?.trend;
  const log = sessions.followed.value?.log;
  if (trend === undefined || log === undefined) return null;
  const total = countRounds(log, trend);
  const shown = Math.min(page, Math.max(0, Math.ceil(total / PAGE) - 1));
  const rounds = latestRounds(log, trend, PAGE, shown * PAGE);
  return (
    <div class="result-table" data-testid="result-table">
      <div class="numbers-scroll">
        <table class="numbers">
          <caption class="visually-hidden">Peak height of every scan, newest first</caption>
          <thead>
            <tr>
              <th scope="col">No.</th>
              {view.visible.value.map((trace) => (
                <th scope="col" key={trace.key}>
                  {traceName(trace)}
                  <span class="numbers-unit">{round.heightScale.value.symbol}A</span>
                </th>
              ))}
              <th scope="col" class="numbers-text">
                File
              </th>
            </tr>
          </thead>
          <tbody>
            {rounds.map((offsets) => (
              <Round key={offsets.join()} offsets={offsets} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="row pager">
        <button type="button" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
          Newer
        </button>
        <button type="button" disabled={(shown + 1) * PAGE >= total} onClick={() => setPage(shown + 1)}>
          Older
        </button>
        <span class="quiet">
          {countText(Math.min(total, shown * PAGE + 1))} to {countText(shown * PAGE + rounds.length)} of{" "}
          {countText(total)}, newest first
        </span>
      </div>
    </div>
  );
}

function Round({ offsets }: { readonly offsets: readonly number[] }) {
  const { view, sessions } = useViewer();
  const log = sessions.followed.value?.log;
  if (log === undefined) return null;
  const fileNumber = log.entry(offsets[0] ?? -1, "file_number");
  const failed = offsets.some((offset) => log.entry(offset, "status") === ENTRY_STATUS.failed);
  return (
    <tr>
      <th scope="row">{Number.isNaN(fileNumber) ? "–" : fileNumber}</th>
      {view.visible.value.map((trace) => (
        <HeightCell key={trace.key} trace={trace} offsets={offsets} />
      ))}
      <td class="numbers-text">
        <span class="mono quiet">{offsets.map((offset) => log.names[offset]).join("  ")}</span>
        {failed && " could not be analysed"}
      </td>
    </tr>
  );
}

function HeightCell({ trace, offsets }: { readonly trace: Trace; readonly offsets: readonly number[] }) {
  const { round } = useViewer();
  const row = offsets.map((offset) => trace.ofOffset(offset)).find((found) => found !== null);
  if (row === undefined || row === null) return <td>–</td>;
  if (kindOf(row) !== "peak") return <td title={noPeakWords(row)}>no peak</td>;
  return <td>{siNumber(row.peak_height_a, round.heightScale.value)}</td>;
}
