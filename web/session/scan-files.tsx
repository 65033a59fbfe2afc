import { flagWords } from "../log/result-words.ts";
import type { RoundStore } from "../stores/round.ts";
import { useViewer } from "../stores/viewer.ts";
import { traceName } from "./trend-summary.ts";

/** Of the round's files those that a shown number comes from; the one in view stands there in any case. */
function shownFiles({ offsets, focus, readouts }: RoundStore): readonly number[] {
  const used = new Set(readouts.value.map(({ row }) => row?.offset));
  return offsets.value.filter((offset) => used.has(offset) || offset === focus.value);
}

/** The files behind the numbers, and what is to be said of them. */
export function ScanFiles() {
  const { sessions, round } = useViewer();
  const log = sessions.followed.value?.log;
  if (log === undefined) return null;
  const remarks = round.readouts.value.flatMap(({ trace, row }) =>
    row === null ? [] : flagWords(row).map((words) => `${traceName(trace)}: ${words}`),
  );
  return (
    <ul class="scan-files">
      {shownFiles(round).map((offset) => {
        const revision = log.entry(offset, "revision");
        const notes = log.notes.get(offset) ?? [];
        return (
          <li key={offset}>
            <span class="mono">{log.names[offset]}</span>
            {revision > 1 && <span class="quiet"> revision {revision}</span>}
            {notes.map((note) => (
              <span key={note.message} class="quiet">
                {" "}
                {note.message}
              </span>
            ))}
          </li>
        );
      })}
      {remarks.map((remark) => (
        <li key={remark} class="remark">
          <span class="flag">!</span> {remark}
        </li>
      ))}
    </ul>
  );
}
