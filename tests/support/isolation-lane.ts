import type { Random } from "../../agent/random.ts";
import type { FrameTap, Piece } from "./frame-tap.ts";
import { Guest, type Visit } from "./guest.ts";
import type { Tenant } from "./tenant.ts";

interface LaneOptions {
  readonly url: string;
  readonly tenants: readonly Tenant[];
  /** Tenants whose agents this lane alone moves. */
  readonly own: readonly Tenant[];
  readonly random: Random;
  /** Of each new viewer. */
  readonly transports: readonly ("websocket" | "polling")[];
}

const MAX_GUESTS = 6;

/** Somebody got what is another's: never to be taken for a broken connection. */
export class IsolationBroken extends Error {}

/** One of several hands that use a hub at the same time, each choosing its steps by its own random numbers. */
export class Lane {
  /** Of every socket that this lane opened. */
  readonly taps: FrameTap[] = [];
  readonly replies: Piece[] = [];
  readonly #options: LaneOptions;
  #guests: Guest[] = [];

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Something to keep apart for each of its own tenants, before anybody moves. */
  async setUp(): Promise<void> {
    for (const tenant of this.#options.own) await this.#setUp(tenant);
  }

  /** @param mayBreak steps may fail because connections do; agents that are gone come back */
  async run(steps: number, mayBreak = false): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const doing = this.#pick(this.#steps)();
      await (mayBreak ? doing.catch(forgive) : doing);
      this.#guests = this.#guests.filter(({ viewer }) => viewer.socket.connected);
      for (const tenant of mayBreak ? this.#options.own : [])
        if (!tenant.agent.socket.connected) await tenant.reconnect().catch(forgive);
    }
    // An answer comes after everything that was pushed before it.
    for (const guest of this.#guests) await guest.request("join", {});
  }

  readonly #steps: readonly (() => Promise<void>)[] = [
    () => this.#open(),
    () => this.#open(),
    () => this.#withGuest((guest) => this.#join(guest)),
    () => this.#withGuest((guest) => guest.leave()),
    () => this.#withGuest(async (guest) => void guest.viewer.socket.disconnect()),
    () => this.#send(this.#pick(this.#options.own)),
    () => this.#send(this.#pick(this.#options.own)),
    () => this.#pick(this.#options.own).reconnect(),
    () => this.#visiting((guest, visit) => this.#read(guest, visit)),
    () => this.#visiting((guest, visit) => this.#read(guest, visit)),
    () => this.#visiting((guest, visit) => this.#lookIntoFolder(guest, visit)),
    () => this.#visiting((guest, visit) => this.#export(guest, visit)),
    () => this.#visiting((guest, visit) => this.#share(guest, visit)),
    () => this.#visiting((guest, visit) => this.#revoke(guest, visit)),
    () => this.#visiting((guest, visit) => this.#restart(guest, visit)),
    () => this.#visiting((guest, visit) => this.#trespass(guest, visit)),
  ];

  /** A session with a file and two links, so that there is something to keep apart from the first step on. */
  async #setUp(tenant: Tenant): Promise<void> {
    const guest = await this.#enter();
    await guest.join(tenant, null);
    if (guest.visit === null) throw new Error("A tenant's own viewer could not join.");
    await this.#start(guest, guest.visit);
    await this.#send(tenant);
    for (const role of ["view", "control"] as const) await this.#share(guest, guest.visit, role);
    guest.viewer.socket.disconnect();
  }

  async #enter(): Promise<Guest> {
    const transport = this.#pick(this.#options.transports);
    return Guest.start(this.#options.url, transport, (tap) => this.taps.push(tap));
  }

  async #open(): Promise<void> {
    if (this.#guests.length >= MAX_GUESTS) return;
    const guest = await this.#enter();
    this.#guests.push(guest);
    await this.#join(guest);
  }

  async #join(guest: Guest): Promise<void> {
    const tenant = this.#pick(this.#options.tenants);
    await guest.join(tenant, this.#pick([null, ...tenant.links]));
  }

  async #start(guest: Guest, { tenant, name }: Visit): Promise<void> {
    const { canary } = tenant.marks;
    const filters = { pattern: `${canary}_{n}.txt` };
    const request = { user_id: name, filters, analysisParams: {}, label: canary };
    const ack = await guest.request("start_analysis_session", request);
    if (ack?.ok) tenant.sessions.push(ack.value.session.session_id);
  }

  async #send(tenant: Tenant): Promise<void> {
    const session_id = tenant.sessions.at(-1);
    if (session_id !== undefined) await tenant.sendFile(session_id);
  }

  async #read(guest: Guest, { tenant, name: user_id }: Visit): Promise<void> {
    await guest.request("list_sessions", { user_id });
    if (tenant.sessions.length === 0) return;
    const session_id = this.#pick(tenant.sessions);
    const traces = [{ electrode: 1, frequency_hz: 15 }];
    await guest.request("watch_traces", { user_id, session_id, traces });
    await guest.request("read_log", { user_id, session_id, since: 0 });
    await guest.request("get_voltammogram", { user_id, session_id, offset: 0 });
  }

  async #lookIntoFolder(guest: Guest, { tenant, name: user_id }: Visit): Promise<void> {
    if (!this.#options.own.includes(tenant)) return; // its agent may be about to go
    await guest.request("describe_folder", { user_id });
    await guest.request("preview_file", {
      user_id,
      name: `${tenant.marks.canary}_1.txt`,
      params: {},
    });
  }

  /** By a signed link and by bearer. A link's holder has the file without learning whose it is. */
  async #export(guest: Guest, { tenant, name: user_id, knowsId }: Visit): Promise<void> {
    const ids = knowsId ? [tenant.index] : [];
    const ack = await guest.request("request_export_data", { user_id });
    if (ack?.ok && "path" in ack.value) await this.#fetch(ack.value.path, {}, tenant, ids);
    const credential = this.#pick([tenant.userId, ...tenant.links.map(({ token }) => token)]);
    const headers = { authorization: `Bearer ${credential}` };
    await this.#fetch("/api/sessions", headers, tenant, []);
    const session_id = this.#pick(this.#pick(this.#options.tenants).sessions);
    await this.#fetch(`/api/sessions/${session_id}/export.csv`, headers, tenant, []);
  }

  async #fetch(path: string, headers: Record<string, string>, tenant: Tenant, ids: number[]): Promise<void> {
    const response = await fetch(this.#options.url + path, { headers });
    const head = JSON.stringify([...response.headers]);
    const bytes = [Buffer.from(head), Buffer.from(await response.arrayBuffer())];
    this.replies.push({ data: new Set([tenant.index]), ids: new Set(ids), bytes });
  }

  async #share(guest: Guest, visit: Visit, role = this.#pick(["view", "control"] as const)): Promise<void> {
    const { tenant, name: user_id } = visit;
    const wish = { user_id, role, label: tenant.marks.canary, expires_in_s: null };
    const ack = await guest.request("create_share_link", wish);
    if (ack?.ok) tenant.links.push({ token: ack.value.token, link_id: ack.value.link.link_id, role });
    await guest.request("list_share_links", { user_id });
  }

  /** The newest link goes; the first two stay, so that there is always one to enter by. */
  async #revoke(guest: Guest, { tenant, name: user_id }: Visit): Promise<void> {
    const link = tenant.links.length > 2 ? tenant.links.pop() : undefined;
    if (link !== undefined) await guest.request("revoke_share_link", { user_id, link_id: link.link_id });
  }

  async #restart(guest: Guest, visit: Visit): Promise<void> {
    const { tenant, name: user_id } = visit;
    const session_id = tenant.sessions.at(-1);
    if (session_id === undefined || !this.#options.own.includes(tenant)) return;
    await guest.request("stop_analysis_session", { user_id, session_id });
    await this.#start(guest, visit);
  }

  /** Asks for what belongs to others, under one's own name and under theirs. All of it must be refused. */
  async #trespass(guest: Guest, { tenant, name }: Visit): Promise<void> {
    const other = this.#pick(this.#options.tenants.filter((one) => one !== tenant));
    const session_id = this.#pick(other.sessions);
    const names = [name, other.userId, ...other.links.map(({ link_id }) => `link:${link_id}`)];
    for (const user_id of names) {
      const acks = [
        await guest.request("read_log", { user_id, session_id, since: 0 }),
        await guest.request("get_voltammogram", { user_id, session_id, offset: 0 }),
        await guest.request("request_export_data", { user_id, session_id }),
        await guest.request("stop_analysis_session", { user_id, session_id }),
      ];
      if (acks.some((ack) => ack?.ok))
        throw new IsolationBroken(`A guest of ${tenant.index} reached ${other.index}.`);
    }
  }

  async #withGuest(step: (guest: Guest) => Promise<void>): Promise<void> {
    if (this.#guests.length > 0) await step(this.#pick(this.#guests));
  }

  #visiting(step: (guest: Guest, visit: Visit) => Promise<void>): Promise<void> {
    return this.#withGuest(async (guest) => {
      if (guest.visit !== null) await step(guest, guest.visit);
    });
  }

  #pick<T>(from: readonly T[]): T {
    const item = from[Math.floor(this.#options.random.uniform() * from.length)];
    if (item === undefined) throw new RangeError("There is nothing to pick from.");
    return item;
  }
}

function forgive(error: unknown): void {
  if (error instanceof IsolationBroken) throw error;
}
