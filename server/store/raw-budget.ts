/** One User ID may take so much of a hub's space for raw scans, so that nobody's experiment pushes out all others. */
const USER_SHARE = 1 / 2;
/** And one session so much: 20 GiB for the hub leave 5 GiB, 125,000 scans of 42 KB. */
const SESSION_SHARE = 1 / 4;
/** The budgets are looked at after this share of the smallest has come in new; so far it may be overdrawn. */
const CHECK_SHARE = 1 / 64;

const MIB = 1024 * 1024;
/** 500,000 scans of 42 KB. */
export const DEFAULT_RAW_BUDGET_MB = 20_480;

/** What one log holds: `key` is `<user tag>/<session id>`. */
export interface RawUse {
  readonly log: number;
  readonly key: string;
  readonly bytes: number;
}

/** Whose oldest scans have to go, and how many bytes of them. */
export interface Excess {
  readonly logs: readonly number[] | "all";
  readonly bytes: number;
}

/** How much room raw scans may take on one hub. Past it the oldest go; entries and results are not touched. */
export class RawBudget {
  readonly hubBytes: number;
  readonly userBytes: number;
  readonly sessionBytes: number;
  readonly checkBytes: number;

  constructor(hubMb: number) {
    this.hubBytes = hubMb * MIB;
    this.userBytes = this.hubBytes * USER_SHARE;
    this.sessionBytes = this.hubBytes * SESSION_SHARE;
    this.checkBytes = this.sessionBytes * CHECK_SHARE;
  }

  /** The first budget that is overdrawn: of a session, else of a User ID, else of the hub; null when none is. */
  excess(uses: readonly RawUse[]): Excess | null {
    const session = uses.find(({ bytes }) => bytes > this.sessionBytes);
    if (session) return { logs: [session.log], bytes: session.bytes - this.sessionBytes };
    for (const own of byUser(uses)) {
      const bytes = total(own);
      if (bytes > this.userBytes) return { logs: own.map(({ log }) => log), bytes: bytes - this.userBytes };
    }
    const bytes = total(uses);
    return bytes > this.hubBytes ? { logs: "all", bytes: bytes - this.hubBytes } : null;
  }
}

function total(uses: readonly RawUse[]): number {
  return uses.reduce((sum, { bytes }) => sum + bytes, 0);
}

function byUser(uses: readonly RawUse[]): Iterable<readonly RawUse[]> {
  const users = new Map<string, RawUse[]>();
  for (const use of uses) {
    const user = use.key.slice(0, use.key.indexOf("/"));
    const own = users.get(user) ?? [];
    users.set(user, own);
    own.push(use);
  }
  return users.values();
}
