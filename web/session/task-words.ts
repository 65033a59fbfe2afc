import type { TaskKind, TaskView } from "../../shared/protocol/task.ts";
import { countText } from "../words/counts.ts";
import { spanText } from "../words/moments.ts";

const DOING: Readonly<Record<TaskKind, string>> = {
  reanalysis: "Re-analysing",
  export: "Exporting",
  "catch-up": "Catching up",
};
const NOUN: Readonly<Record<TaskKind, string>> = {
  reanalysis: "Re-analysis",
  export: "Export",
  "catch-up": "Catching up",
};

/** `Re-analysing 240 of 1,204 · 12 s left`; `Export waits, 3rd in turn · ready in 2 min`. */
export function taskText(task: TaskView): string {
  const { kind, state, done, total, position, eta_ms, error } = task;
  switch (state) {
    case "running": {
      const left = eta_ms === null ? "" : ` · ${spanText(eta_ms)} left`;
      return `${DOING[kind]}${total === null ? "" : ` ${countText(done)} of ${countText(total)}`}${left}`;
    }
    case "queued": {
      const ready = eta_ms === null ? "" : ` · ready in ${spanText(eta_ms)}`;
      return `${NOUN[kind]} waits, ${ordinal(position ?? 1)} in turn${ready}`;
    }
    case "failed":
      return `${NOUN[kind]} failed: ${error?.message ?? "the hub did not say why."}`;
    case "done":
      return `${NOUN[kind]} is ready`;
    case "cancelled":
      return `${NOUN[kind]} was cancelled`;
  }
}

function ordinal(n: number): string {
  const teens = n % 100 >= 11 && n % 100 <= 13;
  const ending = teens ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${countText(n)}${ending}`;
}
