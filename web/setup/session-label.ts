import type { Proposal } from "../../shared/protocol/viewer-events.ts";

/** More frequencies than this are told as a range. */
const MOST = 4;

const NAMES: Readonly<Record<Proposal["technique"], string>> = {
  swv: "SWV",
  "frequency-map": "Frequency map",
  dpv: "DPV",
  cv: "CV",
  lsv: "LSV",
  ca: "CA",
};

/** What a session is called in lists and file names: `SWV 15, 200 Hz`. */
export function sessionLabel({
  technique,
  frequencies_hz: frequencies,
}: Pick<Proposal, "technique" | "frequencies_hz">): string {
  const name = NAMES[technique];
  if (frequencies.length === 0) return name;
  if (frequencies.length <= MOST) return `${name} ${frequencies.join(", ")} Hz`;
  return `${name} ${Math.min(...frequencies)} to ${Math.max(...frequencies)} Hz`;
}
