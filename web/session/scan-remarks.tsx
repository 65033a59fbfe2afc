import { pairWords } from "../log/pair-words.ts";
import { useViewer } from "../stores/viewer.ts";
import { siText, withUnit } from "../words/si.ts";

/** Most further waves that are told of one curve; the plot shows the rest. */
const MOST_WAVES = 3;

/** Below the numbers: what follows from pairs of peaks, and which other waves there are. */
export function ScanRemarks() {
  const pairs = usePairs();
  const waves = useOtherWaves();
  if (pairs.length === 0 && waves.length === 0) return null;
  return (
    <ul class="scan-remarks" data-testid="scan-remarks">
      {pairs.map(({ name, words }) => (
        <li key={name}>
          <span class="quiet">{name}</span> {words}
        </li>
      ))}
      {waves.map(({ name, words }) => (
        <li key={name}>
          <span class="quiet">{name}, also</span> {words}
        </li>
      ))}
    </ul>
  );
}

function usePairs() {
  const { sessions, round } = useViewer();
  const params = sessions.shown.value?.params;
  const followed = sessions.followed.value;
  const [offset] = round.offsets.value;
  if (params === undefined || followed === null || offset === undefined) return [];
  const traces = [...followed.log.traces.values()].filter(({ id }) => id.sweep !== undefined);
  const electrodes = [...new Set(traces.map(({ id }) => id.electrode))].sort((a, b) => a - b);
  return electrodes.flatMap((electrode) => {
    const rows = traces
      .filter(({ id }) => id.electrode === electrode)
      .flatMap((trace) => trace.ofOffset(offset) ?? []);
    return pairWords(rows, electrode, params).map(({ segment, words }) => {
      return { name: `E${electrode} ${segment}/${segment + 1}`, words };
    });
  });
}

function useOtherWaves() {
  const { round } = useViewer();
  return round.shownCurves.value.flatMap(({ electrode, frequencyHz, otherPeaks }) => {
    if (otherPeaks.length === 0) return [];
    const name = frequencyHz === null ? `E${electrode}` : `E${electrode} ${frequencyHz}\u202fHz`;
    const largest = [...otherPeaks].sort((a, b) => Math.abs(b.peak_height_a) - Math.abs(a.peak_height_a));
    const words = largest
      .slice(0, MOST_WAVES)
      .map(({ peak_height_a, peak_potential_v }) => {
        const height = siText(peak_height_a, "A", round.heightScale.value);
        return `${height} at ${withUnit(peak_potential_v, 3, "V")}`;
      })
      .join(", ");
    return [{ name, words }];
  });
}
