import type { LiveNumbers } from "../metrics/live-numbers.ts";
import type { Hub } from "../realtime/hub.ts";

/** What is true of a hub at this moment, from its memory alone. */
export function numbersOf(hub: HubParts): LiveNumbers {
  const { config, fleet, tasks, peers, audience, store, readiness } = hub;
  const agents = peers.all();
  return {
    agents: agents.length,
    viewers: audience.viewers(),
    sessions: agents.reduce((count, { sessions }) => count + sessions.size, 0),
    tasks: tasks.counts,
    task_places: config.MAX_CONCURRENT_TASKS * (fleet.sisters().length + 1),
    store_works: store.problem() === null,
    ready: readiness.reason() === null,
  };
}

type HubParts = Pick<Hub, "config" | "fleet" | "tasks" | "peers" | "audience" | "store" | "readiness">;
