/*
 * When catch-ups end. Pure. How fast one goes now says little about that: its agent shares the hub with others, and
 * goes faster with each of them that ends. So two things are measured that stay the same meanwhile, what a file takes
 * the hub and how long an agent keeps it waiting for the next, and the turns of turns.ts are gone through with them, in
 * the limit of small files.
 */

/** One agent that catches up. */
export interface CatchUpAhead {
  /** Turns that it has where others have one. */
  readonly weight: number;
  /** Files that are still to come, per session. An agent sends those of its sessions in turns, too. */
  readonly left: readonly number[];
  /** For how long the hub has none of its files, per file: its disk, its link. Null until there is a basis. */
  readonly absentMs: number | null;
}

/** One agent on its way through. */
interface Going {
  readonly etas: (number | null)[];
  readonly weight: number;
  /** Files that it will have sent in all when a session of it is through; ascending. */
  readonly ends: { readonly session: number; readonly files: number }[];
  /** No more than this, though nobody else were there. */
  readonly mostPerMs: number;
  sent: number;
  perMs: number;
}

/**
 * Time until each session of each agent has caught up, in ms, in the order given; null until there is a basis.
 *
 * @param hubMsPerFile what one old file takes the hub, while it has any; null until there is a basis
 */
export function catchUpEtas(
  agents: readonly CatchUpAhead[],
  hubMsPerFile: number | null,
): (number | null)[][] {
  const going = agents.map(({ weight, left, absentMs }): Going => {
    const ends = left.map((own, session) => ({ session, files: sentUntil(own, left) }));
    ends.sort((a, b) => a.files - b.files);
    const mostPerMs = 1 / ((absentMs ?? 0) + (hubMsPerFile ?? 0));
    return { etas: left.map(() => null), weight, ends, mostPerMs, sent: 0, perMs: 0 };
  });
  if (hubMsPerFile !== null && hubMsPerFile > 0) goThrough(going, 1 / hubMsPerFile);
  // Of one that has only begun nobody knows yet how fast it comes; but the others' turns reckon with it.
  return going.map(({ etas }, index) => (agents[index]?.absentMs === null ? etas.map(() => null) : etas));
}

/** Files of all its sessions until one that has `own` left is through. */
function sentUntil(own: number, left: readonly number[]): number {
  return left.reduce((sum, other) => sum + Math.min(own, other), 0);
}

function goThrough(going: readonly Going[], hubPerMs: number): void {
  let ms = 0;
  for (let active = [...going]; active.length > 0; ) {
    share(active, hubPerMs);
    const nextMs = Math.min(
      ...active.map(({ ends, sent, perMs }) => ((ends[0]?.files ?? sent) - sent) / perMs),
    );
    ms += nextMs;
    for (const agent of active) {
      agent.sent += nextMs * agent.perMs;
      // A millionth of a file is what is lost in the sums.
      while (agent.ends[0] && agent.ends[0].files <= agent.sent + 1e-6)
        agent.etas[agent.ends.shift()?.session ?? 0] = Math.round(ms);
    }
    active = active.filter(({ ends }) => ends.length > 0);
  }
}

/** The hub's rate by weight; what an agent cannot use of its share is the others'. */
function share(active: readonly Going[], hubPerMs: number): void {
  let left = hubPerMs;
  let open = [...active];
  for (;;) {
    const perWeight = left / open.reduce((sum, { weight }) => sum + weight, 0);
    for (const agent of open) agent.perMs = Math.min(agent.mostPerMs, perWeight * agent.weight);
    const quick = open.filter(({ mostPerMs, weight }) => mostPerMs >= perWeight * weight);
    if (quick.length === 0 || quick.length === open.length) return;
    for (const { mostPerMs, weight } of open) if (mostPerMs < perWeight * weight) left -= mostPerMs;
    open = quick;
  }
}
