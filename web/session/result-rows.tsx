import { flagWords, noPeakWords } from "../log/result-words.ts";
import { kindOf, type Trace } from "../log/trace.ts";
import { Swatch } from "../plots/swatch.tsx";
import { shownTheme } from "../stores/theme.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import type { ScaledColumn } from "./result-columns.ts";
import type { Line, Round } from "./result-rounds.ts";
import { ScanLabel } from "./scan-name.tsx";
import { traceName } from "./trend-summary.ts";

interface RoundRowsProps {
  readonly round: Round;
  readonly columns: readonly ScaledColumn[];
}

/** The lines of one round; its name brings the scan into view. */
export function RoundRows({ round: { offset, lines }, columns }: RoundRowsProps) {
  const { view, round } = useViewer();
  const inView = !round.latest.value && round.offsets.value.includes(offset);
  return (
    <tbody data-round={offset} data-in-view={inView}>
      {lines.map((line, index) => (
        <tr key={line.kind === "result" ? line.trace.key : `${line.offset} ${line.name}`}>
          {index === 0 && (
            <th scope="rowgroup" rowSpan={lines.length}>
              <button
                type="button"
                class="plain"
                aria-pressed={inView}
                title="Keep this scan in view"
                onClick={() => {
                  view.pinned.value = offset;
                }}
              >
                <ScanLabel offset={offset} />
              </button>
            </th>
          )}
          <LineCells line={line} columns={columns} />
        </tr>
      ))}
    </tbody>
  );
}

function LineCells({ line, columns }: { readonly line: Line; readonly columns: readonly ScaledColumn[] }) {
  const viewer = useViewer();
  const { view, sessions } = viewer;
  const file = sessions.followed.value?.log.names[line.offset] ?? "";
  if (line.kind === "words") {
    return (
      <>
        <td class="numbers-trace">{line.name}</td>
        <td colSpan={columns.length}>{line.words}</td>
        <td class="numbers-text mono quiet">{file}</td>
      </>
    );
  }
  const { trace, row } = line;
  const found = kindOf(row) === "peak" || kindOf(row) === "fitted";
  const remarks = [...flagWords(row), ...exclusionWords(viewer, line.offset, trace)];
  return (
    <>
      <td class="numbers-trace">
        <Swatch look={view.looks.value.look(trace.id, shownTheme.value)} /> {traceName(trace)}
      </td>
      {found ? (
        columns.map((column) => <td key={column.name}>{column.text(row)}</td>)
      ) : (
        <td colSpan={columns.length}>{noPeakWords(row)}</td>
      )}
      <td class="numbers-text">
        {remarks.length > 0 && <span>{remarks.join("; ")} </span>}
        <span class="mono quiet">{file}</span>
      </td>
    </>
  );
}

function exclusionWords({ trends }: Viewer, offset: number, { id }: Trace): string[] {
  const notes = trends.derived.value?.exclusions.of(offset, id.electrode) ?? [];
  return notes.map(({ text }) => `does not count: ${text}`);
}
