import { signal } from "@preact/signals";
import type { UserId } from "../../shared/protocol/user-id.ts";

/** An agent that was watched from this browser. */
export interface Remembered {
  readonly userId: UserId;
  readonly name: string;
  readonly lastUsedMs: number;
}

/** The part of the browser's storage that is needed here. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** More would be a list to search in, not one to pick from. */
const MOST = 8;

/**
 * User IDs that this browser remembers. They are kept per hub: an ID opens an agent, so a page that was pointed
 * at another hub must not offer it there.
 */
export class RememberedAgents {
  readonly agents = signal<readonly Remembered[]>([]);
  private readonly store: TextStore;
  private readonly key: string;

  constructor(store: TextStore, hubUrl: string) {
    this.store = store;
    this.key = `benchcast.agents ${hubUrl}`;
    this.agents.value = readAgents(store.getItem(this.key));
  }

  remember(userId: UserId, name: string, nowMs: number): void {
    const others = this.agents.value.filter((agent) => agent.userId !== userId);
    this.keep([{ userId, name, lastUsedMs: nowMs }, ...others].slice(0, MOST));
  }

  forget(userId: UserId): void {
    this.keep(this.agents.value.filter((agent) => agent.userId !== userId));
  }

  private keep(agents: readonly Remembered[]): void {
    this.agents.value = agents;
    this.store.setItem(this.key, JSON.stringify(agents));
  }
}

/** Whatever else stands there (an older form, another program's) is nothing remembered. */
function readAgents(text: string | null): readonly Remembered[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(stored) ? stored.filter(isRemembered) : [];
  } catch {
    return [];
  }
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== "object" || value === null) return false;
  const { userId, name, lastUsedMs } = value as Partial<Record<keyof Remembered, unknown>>; // checked here
  return typeof userId === "string" && typeof name === "string" && typeof lastUsedMs === "number";
}
