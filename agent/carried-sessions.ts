import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CarriedSession } from "../shared/protocol/agent-events.ts";
import { MAX_RUNNING_SESSIONS } from "../shared/protocol/limits.ts";
import { writeWhole } from "./config-folder.ts";

const Kept = z.array(CarriedSession).max(MAX_RUNNING_SESSIONS);

/**
 * What the hub gave this agent to carry: its running sessions as text that only the hub understands, and where their
 * logs stood by the latest acknowledgement. A hub that lost its data restores them from it, and with the folder
 * everything is there again. Kept beside the agent's key, one file for each hub: another hub's sessions are its own.
 */
export class CarriedSessions {
  readonly #path: string;
  readonly #sessions = new Map<string, CarriedSession>();
  #unsaved = false;

  constructor(configFolder: string, hubUrl: string) {
    const id = createHash("sha256").update(hubUrl).digest("hex").slice(0, 16);
    this.#path = join(configFolder, `sessions-${id}.json`);
    for (const session of readKept(this.#path)) this.#sessions.set(session.session_id, session);
  }

  /** For the handshake. */
  list(): CarriedSession[] {
    return [...this.#sessions.values()];
  }

  carry(session_id: string, descriptor: string): void {
    const { epoch = null, head = 0, descriptor: before } = this.#sessions.get(session_id) ?? {};
    if (before === descriptor) return;
    // The newest last: a hub that gives more than it may run is not believed for the oldest.
    this.#sessions.delete(session_id);
    this.#sessions.set(session_id, { session_id, descriptor, epoch, head });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_RUNNING_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    this.#unsaved = true;
  }

  /** The hub has a file of this session at `offset`, so its log is at least one longer. */
  acknowledged(session_id: string, { epoch, offset }: { epoch: string; offset: number }): void {
    const session = this.#sessions.get(session_id);
    if (session === undefined || (session.epoch === epoch && session.head > offset)) return;
    this.#sessions.set(session_id, { ...session, epoch, head: offset + 1 });
    this.#unsaved = true;
  }

  drop(session_id: string): void {
    if (this.#sessions.delete(session_id)) this.#unsaved = true;
  }

  /** @throws the file system's error (a full disk): they are then carried in memory alone */
  save(): void {
    if (!this.#unsaved) return;
    writeWhole(this.#path, JSON.stringify(this.list()), "replace");
    this.#unsaved = false;
  }
}

/** Absent at the first start; damaged, it is as good as absent: only a hub that lost its data would have needed it. */
function readKept(path: string): CarriedSession[] {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return [];
  }
}
