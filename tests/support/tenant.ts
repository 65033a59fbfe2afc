import { nanoid } from "nanoid";
import type { Random } from "../../agent/random.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import { simulatedFile } from "./fixtures.ts";
import { FrameTap, type Marks } from "./frame-tap.ts";
import { announcement, newAgentKey, type RawAgent, startRawAgent } from "./raw-agent.ts";

/** A share link as the test remembers it. */
export interface SharedLink {
  readonly token: string;
  readonly link_id: string;
  readonly role: AccessRole;
}

/** One of many User IDs on a hub: its agent, and marks by which its data are known anywhere. */
export class Tenant {
  readonly index: number;
  readonly marks: Marks & { readonly sessionIds: string[] };
  readonly taps: FrameTap[] = [];
  readonly links: SharedLink[] = [];
  agent: RawAgent;
  readonly #url: string;
  #files = 0;

  private constructor(index: number, url: string, agent: RawAgent, marks: Tenant["marks"]) {
    this.index = index;
    this.marks = marks;
    this.agent = agent;
    this.#url = url;
  }

  static async start(url: string, index: number, random: Random): Promise<Tenant> {
    const canary = `canary${hex(random, 26)}`;
    const tap = tapFor(index);
    const options = {
      key: newAgentKey(),
      name: canary,
      onSocket: (socket: RawAgent["socket"]) => tap.attach(socket),
    };
    const agent = await startRawAgent(url, options);
    // Milliseconds with a fraction: as a modification time it travels in a binary column.
    const number = 1.7e12 + random.uniform() * 1e9;
    const tenant = new Tenant(index, url, agent, { canary, number, userId: agent.userId, sessionIds: [] });
    tenant.taps.push(tap);
    return tenant;
  }

  get sessions(): string[] {
    return this.marks.sessionIds;
  }

  get userId(): string {
    return this.marks.userId;
  }

  /** The agent finishes another file and sends it for one session. */
  async sendFile(session_id: string): Promise<void> {
    // What is said to a broken connection would wait for ever.
    if (!this.agent.socket.connected) return;
    this.#files += 1;
    const { canary, number } = this.marks;
    const filename = `${canary}_${this.#files}.txt`;
    const content = simulatedFile(this.#files, { electrodes: 1, step_v: 0.005, canary });
    this.agent.files.set(filename, content);
    const part = { ...announcement(content), mtime_ms: number, session_id, filename, from: 0, content };
    const { socket } = this.agent;
    const gone = new Promise<void>((resolve) => void socket.once("disconnect", () => resolve()));
    // Of a connection that dies at this moment the client keeps the message, and no answer ever comes.
    await Promise.race([socket.emitWithAck("stream_instrument_data", part), gone]);
  }

  /** The agent's connection breaks and comes back. */
  async reconnect(): Promise<void> {
    const { key, files, socket } = this.agent;
    socket.disconnect();
    const tap = tapFor(this.index);
    this.taps.push(tap);
    const name = this.marks.canary;
    this.agent = await startRawAgent(this.#url, {
      key,
      name,
      instance: nanoid(),
      onSocket: (one) => tap.attach(one),
    });
    for (const [file, content] of files) this.agent.files.set(file, content);
  }
}

/** An agent may see what is its own. */
function tapFor(index: number): FrameTap {
  const tap = new FrameTap();
  tap.allow([index], [index]);
  return tap;
}

function hex(random: Random, length: number): string {
  return Array.from({ length }, () => Math.floor(random.uniform() * 16).toString(16)).join("");
}
