import { RequestError } from "../../shared/protocol/errors.ts";
import type { Config } from "../config.ts";
import type { SharedCounts } from "../fleet/shared-counts.ts";
import type { HubLog } from "../log/hub-log.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { Admission } from "./admission.ts";
import { type Arrival, addressKey, clientAddress, TrustedProxies } from "./client-address.ts";
import { Connections } from "./connections.ts";
import { type Enrolled, Enrolments } from "./enrolments.ts";
import { Guessing } from "./guessing.ts";
import {
  ADDRESS_RATE,
  IDLE_MS,
  MAX_COUNTED_PARTIES,
  NEW_AGENTS_PER_HOUR,
  USER_REQUESTS_RATE,
} from "./limits.ts";
import { TokenBuckets } from "./token-bucket.ts";

type EdgeSettings = Pick<
  Config,
  | "PUBLIC_URL"
  | "ALLOWED_HOSTS"
  | "ALLOWED_ORIGINS"
  | "TRUST_PROXY"
  | "AGENT_TOKENS"
  | "MAX_CONNECTIONS_PER_IP"
>;

interface EdgeDependencies {
  readonly config: EdgeSettings;
  readonly now: () => number;
  readonly log: HubLog;
  /** What all hubs count together; null where there is one alone. */
  readonly counts: SharedCounts | null;
}

/** What stands between the network and a hub: who may ask, how often, and how many at once. */
export class Edge {
  readonly admission: Admission;
  readonly connections: Connections;
  /** Of User IDs and share links. Enrolment tokens are guessed by others, so they are counted apart. */
  readonly guessing: Guessing;
  readonly #enrolmentGuessing: Guessing;
  readonly #enrolments: Enrolments;
  readonly #proxies: TrustedProxies;
  readonly #addresses = new TokenBuckets(ADDRESS_RATE, MAX_COUNTED_PARTIES);
  readonly #users = new TokenBuckets(USER_REQUESTS_RATE, MAX_COUNTED_PARTIES);
  readonly #newAgents = new TokenBuckets(
    { burst: NEW_AGENTS_PER_HOUR, perSecond: NEW_AGENTS_PER_HOUR / 3_600 },
    MAX_COUNTED_PARTIES,
  );
  readonly #maxConnections: number;
  readonly #now: () => number;
  readonly #log: HubLog;
  #strangeProxySeen = false;

  constructor({ config, now, log, counts }: EdgeDependencies) {
    this.admission = new Admission(config);
    this.connections = new Connections(config.MAX_CONNECTIONS_PER_IP);
    this.guessing = new Guessing("access", counts);
    this.#enrolmentGuessing = new Guessing("enrolment", counts);
    this.#enrolments = new Enrolments(config.AGENT_TOKENS);
    this.#proxies = new TrustedProxies(config.TRUST_PROXY);
    this.#maxConnections = config.MAX_CONNECTIONS_PER_IP;
    this.#now = now;
    this.#log = log;
  }

  /** Where a request or handshake really comes from: the one answer for HTTP and sockets. */
  addressOf(arrival: Arrival): string {
    this.#noteStrangeProxy(arrival);
    return clientAddress(arrival, this.#proxies);
  }

  /** Why a new request or handshake is turned away; null: it is not. Counts it for its address. */
  refusal(arrival: Arrival): RequestError | null {
    const refused = this.admission.refusal(arrival.headers);
    if (refused !== null) return refused;
    const wait_ms = this.#addresses.take(addressKey(this.addressOf(arrival)), this.#now());
    return wait_ms === 0 ? null : tooManyFrom("requests", wait_ms);
  }

  /** Why an address may not open another connection; null: it may. */
  connectionRefusal(address: string): RequestError | null {
    if (this.connections.mayOpen(address)) return null;
    return new RequestError(
      "too_many_connections",
      `There are ${this.#maxConnections} connections from this network, which is the most. Close some, or ask the hub's operator to raise MAX_CONNECTIONS_PER_IP.`,
      { limit: this.#maxConnections },
    );
  }

  /** Ends connections that hold a place and do nothing with it. */
  endIdle(): void {
    this.connections.endIdle(this.#now() - IDLE_MS);
  }

  /** Takes one from what all viewers of a User ID share. @returns ms to wait; 0: none */
  userMustWait(tag: UserTag): number {
    return this.#users.take(tag, this.#now());
  }

  /**
   * @returns the agent's enrolment, null where none is asked for
   * @throws RequestError enrolment_required, invalid_enrolment, too_many_requests
   */
  async enrol(address: string, token: string | undefined): Promise<Enrolled | null> {
    if (this.#enrolments.open) return null;
    if (token === undefined || token === "") throw new RequestError("enrolment_required");
    return this.#enrolmentGuessing.attempt(address, token, async () => this.#enrolments.check(token));
  }

  /** Counts a User ID that this hub has never seen. @throws RequestError too_many_requests */
  admitNewAgent(address: string): void {
    const wait_ms = this.#newAgents.take(addressKey(address), this.#now());
    if (wait_ms > 0) throw tooManyFrom("new agents", wait_ms);
  }

  /** Behind a proxy that nobody named, all clients look like one, and share its limits. */
  #noteStrangeProxy({ headers, socket }: Arrival): void {
    if (this.#strangeProxySeen || headers["x-forwarded-for"] === undefined) return;
    if (this.#proxies.has(clientAddress({ headers: {}, socket }, this.#proxies))) return;
    this.#strangeProxySeen = true;
    this.#log.warn(
      {
        peer: socket.remoteAddress,
        todo: "X-Forwarded-For from a peer that TRUST_PROXY does not name is ignored. If it is your proxy, name it there.",
      },
      "proxy not trusted",
    );
  }
}

function tooManyFrom(what: string, retry_after_ms: number): RequestError {
  const message = `Too many ${what} come from this network. Try again in ${Math.ceil(retry_after_ms / 1_000)} s.`;
  return new RequestError("too_many_requests", message, { retry_after_ms });
}
