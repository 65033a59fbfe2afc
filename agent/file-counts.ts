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

function placeOf(label: string, standing: FileStanding, sessions: readonly SessionDebt[]): Place {
  const matching = sessions.filter((session) => session.debts.has(label) || session.matches(label));
  if (matching.length === 0) return "unmatched";
  if (standing.is !== "finished") return "waiting";
  const states = matching.map((session) => session.debts.get(label)?.state.is);
  if (states.every((state) => state === "stored")) return "sent";
  return states.every((state) => state === "stored" || state === "rejected") ? "rejected" : "owed";
}
