import { ENTRY_STATUS } from "../../shared/protocol/log-tables.ts";
import { withoutResultWords } from "../log/file-words.ts";
import type { SessionLog } from "../log/session-log.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { plural } from "../words/counts.ts";
import { clockText } from "../words/moments.ts";

/** Shown at once; the newest first. */
const MOST = 50;

/** Files of the session that gave no result, each with its reason. */
export function FileNotes() {
  const { sessions, clock } = useViewer();
  const followed = sessions.followed.value;
  followed?.changed.value;
  if (followed === null) return null;
  const { log } = followed;
  const offsets = withoutResult(log);
  if (offsets.length === 0) return null;
  return (
    <details class="side-section file-notes" data-testid="file-notes">
      <summary>{plural(offsets.length, "file")} without a result</summary>
      <ul>
        {offsets.slice(0, MOST).map((offset) => (
          <li key={offset}>
            <span class="mono">{log.names[offset]}</span>{" "}
            <span class="quiet">
              {clockText(clock.toLocalMs(log.entry(offset, "received_at_ms")), nowMs.value)}
            </span>
            <br />
            {withoutResultWords(log, offset)}
          </li>
        ))}
      </ul>
      {offsets.length > MOST && <p class="quiet">The newest {MOST} are shown; the export has all.</p>}
    </details>
  );
}

function withoutResult(log: SessionLog): number[] {
  const offsets: number[] = [];
  const statuses = log.entryColumn("status").view();
  for (let offset = statuses.length - 1; offset >= 0; offset--) {
    if (statuses[offset] !== ENTRY_STATUS.analysed && log.isCurrent(offset)) offsets.push(offset);
  }
  return offsets;
}
