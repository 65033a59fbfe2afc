/**
 * Whose turn it is. Pure: users take turns, and a user of weight 3 has three turns where one of weight 1 has one.
 *
 * Every waiting unit of a user has a slot in virtual time: the first at `next`, each further one `TURN / weight`
 * later. Slots are served in order; between equal slots the user who has waited longest goes first. Virtual time
 * stands at the slot that was served last, and a user who comes begins there: nobody saves turns up by staying away,
 * and nobody gets more by leaving and coming back. (Start-time fair queueing: Goyal, Vin and Cheng, SIGCOMM 1996.)
 */

/** One turn at weight 1. Divisible by every weight, so that slots stay whole numbers: lcm(1 … 16). */
export const TURN = 720_720;
export const MAX_WEIGHT = 16;

export interface UserTurns {
  /** Slot of the first waiting unit, or of the next one to come. */
  readonly next: number;
  /** Grows from user to user in the order in which they began to wait. */
  readonly since: number;
  readonly weight: number;
  readonly waiting: number;
}

export interface Turns {
  readonly virtual: number;
  readonly users: ReadonlyMap<string, UserTurns>;
}

/** Begin anew with this once nothing waits and nothing is served any more: what was is no reason to wait tomorrow. */
export const NO_TURNS: Turns = { virtual: 0, users: new Map() };

/**
 * One more unit waits for this user.
 *
 * @param weight 1 to 16; a user who waits already keeps the one that he came with, so that no slot moves
 * @param since a number above all that were given before
 */
export function join(turns: Turns, user: string, weight: number, since: number): Turns {
  const known = turns.users.get(user);
  const first = (known?.waiting ?? 0) === 0;
  const next = Math.max(turns.virtual, known?.next ?? 0);
  const joined =
    known === undefined || first
      ? { next, since, weight, waiting: 1 }
      : { ...known, waiting: known.waiting + 1 };
  return withUser(turns, user, joined);
}

/** One unit of this user waits no longer, and was not served: its last slot goes, so nobody else moves back. */
export function leave(turns: Turns, user: string): Turns {
  const known = turns.users.get(user);
  if (known === undefined || known.waiting === 0) return turns;
  return withUser(turns, user, { ...known, waiting: known.waiting - 1 });
}

/** Serves the next unit; null when none waits. */
export function serve(turns: Turns): { readonly user: string; readonly turns: Turns } | null {
  let best: [string, UserTurns] | null = null;
  for (const candidate of turns.users) {
    if (candidate[1].waiting > 0 && (best === null || isBefore(candidate[1], best[1]))) best = candidate;
  }
  if (best === null) return null;
  const [user, own] = best;
  const served = { ...own, next: own.next + TURN / own.weight, waiting: own.waiting - 1 };
  return { user, turns: withUser({ ...turns, virtual: own.next }, user, served) };
}

/** The users of all waiting units, in the order in which they will be served. */
export function upcoming(turns: Turns): string[] {
  const slots = [...turns.users].flatMap(([user, { next, since, weight, waiting }]) =>
    Array.from({ length: waiting }, (_, index) => ({ user, since, next: next + (index * TURN) / weight })),
  );
  return slots.sort((a, b) => a.next - b.next || a.since - b.since).map(({ user }) => user);
}

function isBefore(a: UserTurns, b: UserTurns): boolean {
  return a.next < b.next || (a.next === b.next && a.since < b.since);
}

/** Whoever does not wait, and would begin at the present anyway, need not be remembered. */
function withUser({ virtual, users }: Turns, user: string, own: UserTurns): Turns {
  const kept = new Map(users).set(user, own);
  for (const [name, { waiting, next }] of kept) if (waiting === 0 && next <= virtual) kept.delete(name);
  return { virtual, users: kept };
}
