import type { TrendParams } from "../../shared/protocol/trend-params.ts";

/** What each trend setting is called, wherever it is spoken of. */
export const SETTING_WORDS: Record<keyof TrendParams, string> = {
  quantity: "Quantity",
  reference: "Reference",
  low: "Signal-off correction",
  kdm: "KDM",
  on_hz: "Signal on",
  off_hz: "Signal off",
  axis: "Slopes per",
  seconds_per_file: "Seconds per file",
  pairing: "Pairs",
  replicates: "Replicates",
  electrodes: "Electrodes in means",
  signal: "Signal",
  settle: "Settling",
  initial_concentration: "Concentration before the first mark",
  unit: "Unit",
  model: "Model",
};

/** What was just set, as it is said beside Undo: others see it too. */
export function settingsWords(names: readonly (keyof TrendParams)[]): string {
  return `Changed for everybody: ${names.map((name) => SETTING_WORDS[name]).join(", ")}.`;
}
