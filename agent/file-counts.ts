import type { SessionDebt } from "./session-debt.ts";
import type { FileCounts } from "./status.ts";
import type { FileStanding } from "./tracked-file.ts";

type Place = "unmatched" | "waiting" | "owed" | "sent" | "rejected";

/** Puts every measurement file into exactly one place; over several sessions the least delivered counts. */
export function countFiles(
  standings: Iterable<readonly [label: string, standing: FileStanding]>,
  sessions: Iterable<SessionDebt>,
): Omit<FileCounts, "ignored"> {
  const all = [...sessions];
  const counts = { seen: 0, unmatched: 0, waiting: 0, owed: 0, sent: 0, rejected: 0 };
  for (const [label, standing] of standings) {
    counts.seen += 1;
    counts[placeOf(label, standing, all)] += 1;
  }
  return counts;
}

/** Asked for every file of the folder, many times a minute. */
function placeOf(label: string, standing: FileStanding, sessions: readonly SessionDebt[]): Place {
  let matching = 0;
  let stored = 0;
  let rejected = 0;
  for (const session of sessions) {
    const debt = session.debts.get(label);
    if (debt === undefined && !session.matches(label)) continue;
    matching += 1;
    if (debt?.state.is === "stored") stored += 1;
    if (debt?.state.is === "rejected") rejected += 1;
  }
  if (matching === 0) return "unmatched";
  if (standing.is !== "finished") return "waiting";
  if (stored === matching) return "sent";
  return stored + rejected === matching ? "rejected" : "owed";
}
