import { scanTimeMs } from "../../shared/trends/scan-clock.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { exactClockText } from "../words/moments.ts";

/** Which scan the numbers belong to: its file number and when it was taken. */
export function ScanName() {
  const { sessions, view, round } = useViewer();
  const followed = sessions.followed.value;
  const focus = round.focus.value;
  const clock = view.trend.value?.trend.clock ?? null;
  if (followed === null || focus === null) return <span class="scan-name quiet">No scan yet</span>;
  const { log } = followed;
  const fileNumber = log.entry(focus, "file_number");
  const zone = clock?.kind === "instrument" ? "as-written" : "local";
  const time = clock === null ? "" : exactClockText(scanTimeMs(log, focus, clock), nowMs.value, zone);
  return (
    <span class="scan-name">
      {round.latest.value ? "Latest: " : ""}
      {Number.isNaN(fileNumber) ? `entry ${focus + 1}` : `No. ${fileNumber}`}{" "}
      <span class="quiet">{time}</span>
    </span>
  );
}
