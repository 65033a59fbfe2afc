import { useState } from "preact/hooks";
import { countRounds, latestRounds } from "../log/rounds.ts";
import { useViewer } from "../stores/viewer.ts";
import { countText } from "../words/counts.ts";
import { resultColumnsOf, type ScaledColumn, scaledFor } from "./result-columns.ts";
import { roundOf } from "./result-rounds.ts";
import { RoundRows } from "./result-rows.tsx";

/** Rows of one page, at most: the page is drawn again with every scan that comes in. */
const MOST_ROWS = 400;
const LEAST_ROUNDS = 5;

/** All numbers of every scan, newest first: for screen readers, for the keyboard, and for reading values off. */
export function ResultTableView() {
  const viewer = useViewer();
  const { view, sessions } = viewer;
  const [page, setPage] = useState(0);
  const trend = view.trend.value?.trend;
  const log = sessions.followed.value?.log;
  const technique = sessions.shown.value?.technique;
  if (trend === undefined || log === undefined || technique === undefined) return null;
  const size = Math.max(LEAST_ROUNDS, Math.floor(MOST_ROWS / Math.max(1, view.visible.value.length)));
  const total = countRounds(log, trend);
  const shown = Math.min(page, Math.max(0, Math.ceil(total / size) - 1));
  const rounds = latestRounds(log, trend, size, shown * size).map((offsets) => roundOf(viewer, offsets));
  const rows = rounds.flatMap(({ lines }) =>
    lines.flatMap((line) => (line.kind === "result" ? [line.row] : [])),
  );
  const columns = scaledFor(resultColumnsOf(technique), rows);
  return (
    <div class="result-table" data-testid="result-table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="numbers-scroll" tabIndex={0} aria-label="Results, newest first">
        <table class="numbers">
          <caption class="visually-hidden">The results of every scan, newest first</caption>
          <Head columns={columns} />
          {rounds.map((round) => (
            <RoundRows key={round.offset} round={round} columns={columns} />
          ))}
        </table>
      </section>
      <div class="row pager">
        <button type="button" data-testid="newer" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
          Newer
        </button>
        <button
          type="button"
          data-testid="older"
          disabled={(shown + 1) * size >= total}
          onClick={() => setPage(shown + 1)}
        >
          Older
        </button>
        <span class="quiet">
          Scans {countText(Math.min(total, shown * size + 1))} to {countText(shown * size + rounds.length)} of{" "}
          {countText(total)}, newest first
        </span>
      </div>
    </div>
  );
}

function Head({ columns }: { readonly columns: readonly ScaledColumn[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">Scan</th>
        <th scope="col" class="numbers-trace">
          Trace
        </th>
        {columns.map(({ name, unit }) => (
          <th scope="col" key={name}>
            {name}
            <span class="numbers-unit">{unit}</span>
          </th>
        ))}
        <th scope="col" class="numbers-text">
          Remarks
        </th>
      </tr>
    </thead>
  );
}
