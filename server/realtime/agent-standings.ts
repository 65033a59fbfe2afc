import type { AgentStatus } from "../../shared/protocol/session.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { AgentRegistry } from "../sessions/agent-registry.ts";
import type { Owner } from "../sessions/owner.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { AgentPeers } from "./agent-peer.ts";
import type { Audience } from "./audience.ts";
import type { LivePush } from "./live-push.ts";
import type { ViewersElsewhere } from "./viewers-elsewhere.ts";

/** The hub of an agent is told of its viewers here at every change, and again after this. */
const REPORT_EVERY_MS = 5_000;
const REPORT_WITHIN_MS = 5_000;

interface StandingDependencies {
  readonly registry: AgentRegistry;
  readonly peers: AgentPeers;
  readonly fleet: Fleet;
  readonly audience: Audience;
  readonly livePush: LivePush;
  readonly elsewhere: ViewersElsewhere;
  readonly now: () => number;
}

interface Heard {
  readonly nonce: string;
  readonly status: AgentStatus;
  /** Viewers at other hubs than this. */
  readonly others: number;
}

/**
 * How it stands with agents, wherever they are connected. An agent's hub alone knows how its folder stands, and
 * whoever watches from another hub is to be counted there: the two are one exchange between the hubs.
 */
export class AgentStandings {
  readonly #deps: StandingDependencies;
  /** What each agent's hub said last; of this registration alone. */
  readonly #heard = new Map<UserTag, Heard>();
  readonly #reported = new Map<
    UserTag,
    { readonly nonce: string; readonly text: string; readonly atMs: number }
  >();

  constructor(dependencies: StandingDependencies) {
    this.#deps = dependencies;
  }

  /** What viewers are told of an agent; null for a User ID that no agent has ever used here. */
  async status(tag: UserTag): Promise<AgentStatus | null> {
    return (await this.#read([tag]))[0] ?? null;
  }

  /**
   * Viewers of an agent at all hubs together, as far as this hub knows: those at others are counted by the agent's
   * hub, and heard of within REPORT_EVERY_MS.
   */
  viewers(tag: UserTag): number {
    const { peers, audience, elsewhere } = this.#deps;
    const others = peers.get(tag) === undefined ? (this.#heard.get(tag)?.others ?? 0) : elsewhere.count(tag);
    return audience.size(tag) + others;
  }

  /** The same of all agents that are watched here, in one round trip. Tells their hubs who watches. */
  async watched(tags: readonly UserTag[]): Promise<(AgentStatus | null)[]> {
    const statuses = await this.#read(tags, (tag, owner) => this.#report(tag, owner));
    for (const tag of this.#reported.keys()) if (!tags.includes(tag)) this.#forget(tag);
    return statuses;
  }

  /** Tells an agent's hub at once that its viewers here are others now. */
  async reportNow(tag: UserTag): Promise<void> {
    const { registry, fleet } = this.#deps;
    if (fleet.sisters().length === 0) return;
    const [owner = null] = await registry.owners([tag]);
    this.#report(tag, owner);
  }

  async #read(
    tags: readonly UserTag[],
    onOwner: (tag: UserTag, owner: Owner | null) => void = () => {},
  ): Promise<(AgentStatus | null)[]> {
    const { registry, peers, fleet } = this.#deps;
    const alone = fleet.rooms === undefined;
    const away = tags.filter((tag) => !alone || peers.get(tag) === undefined);
    const [stored, owners] = await Promise.all([registry.statuses(away), alone ? [] : registry.owners(tags)]);
    return tags.map((tag, index) => {
      const peer = peers.get(tag);
      if (alone && peer !== undefined) return peer.status;
      const owner = owners[index] ?? null;
      onOwner(tag, owner);
      if (peer !== undefined && peer.registration.nonce === owner?.nonce) return peer.status;
      const status = stored[away.indexOf(tag)] ?? null;
      const heard = this.#heard.get(tag);
      const isHis = owner !== null && heard?.nonce === owner.nonce && status?.state === "online";
      return isHis ? heard.status : status;
    });
  }

  #report(tag: UserTag, owner: Owner | null): void {
    const { fleet, audience, livePush, now } = this.#deps;
    if (owner === null || owner.hub_id === fleet.hubId) {
      this.#forget(tag);
      return;
    }
    const report = {
      tag,
      hub_id: fleet.hubId,
      viewers: audience.size(tag),
      traces: livePush.wanted(tag),
    };
    const { nonce, hub_id } = owner;
    const text = JSON.stringify(report);
    const before = this.#reported.get(tag);
    const isKnown = before?.nonce === nonce && before.text === text;
    if (isKnown && now() - before.atMs < REPORT_EVERY_MS) return;
    this.#reported.set(tag, { nonce, text, atMs: now() });
    fleet.call(hub_id, "tell_audience", report, REPORT_WITHIN_MS).then(
      ({ status, viewers = report.viewers }) => {
        if (status === null || this.#reported.get(tag)?.nonce !== nonce) return;
        this.#heard.set(tag, { nonce, status, others: Math.max(0, viewers - report.viewers) });
      },
      // It is told again in a moment, or its agents are elsewhere by then.
      () => undefined,
    );
  }

  #forget(tag: UserTag): void {
    this.#reported.delete(tag);
    this.#heard.delete(tag);
  }
}
