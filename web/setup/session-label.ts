import type { Proposal } from "../../shared/protocol/viewer-events.ts";

/** More frequencies than this are told as a range. */
const MOST = 4;

/** What a session is called in lists and file names: `SWV 15, 200 Hz`. */
export function sessionLabel({ frequencies_hz: frequencies }: Pick<Proposal, "frequencies_hz">): string {
  if (frequencies.length === 0) return "SWV";
  if (frequencies.length <= MOST) return `SWV ${frequencies.join(", ")} Hz`;
  return `SWV ${Math.min(...frequencies)} to ${Math.max(...frequencies)} Hz`;
}
