import { shownMs } from "../../shared/trends/scan-clock.ts";
import { scanText } from "../log/scan-text.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { exactClockText } from "../words/moments.ts";

/** Which scan the numbers belong to: its file number and when it was taken. */
export function ScanName() {
  const { sessions, round } = useViewer();
  const focus = round.focus.value;
  if (sessions.followed.value === null || focus === null)
    return <span class="scan-name quiet">No scan yet</span>;
  return (
    <span class="scan-name">
      {round.latest.value ? "Latest: " : ""}
      <ScanLabel offset={focus} />
    </span>
  );
}

/** A scan by its file number, and when it was taken. */
export function ScanLabel({ offset }: { readonly offset: number }) {
  const { sessions, view } = useViewer();
  const log = sessions.followed.value?.log;
  const trend = view.trend.value?.trend;
  if (log === undefined || trend === undefined) return null;
  const { clock } = trend;
  const time = exactClockText(shownMs(clock, trend.timeMs(offset)), nowMs.value, clock.shown);
  return (
    <>
      {scanText(log, offset)} <span class="quiet">{time}</span>
    </>
  );
}
