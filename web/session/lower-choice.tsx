import { useViewer } from "../stores/viewer.ts";

/** What stands below the trend. */
export function LowerChoice() {
  const { trends, sessions } = useViewer();
  const isDecay = sessions.shown.value?.technique === "ca";
  const frequencies = trends.derived.value?.frequencies.length ?? 0;
  return (
    <fieldset class="segments" aria-label="Below the trend">
      {LOWER.filter(({ panel }) => panel !== "map" || frequencies > 2).map(({ panel, words }) => (
        <button
          type="button"
          key={panel}
          data-testid={`lower-${panel}`}
          aria-pressed={trends.lower.value === panel}
          onClick={() => {
            trends.lower.value = panel;
          }}
        >
          {panel === "scan" && isDecay ? "Decay" : words}
        </button>
      ))}
    </fieldset>
  );
}

const LOWER = [
  { panel: "scan", words: "Voltammogram" },
  { panel: "calibration", words: "Calibration" },
  { panel: "map", words: "Map" },
] as const;
