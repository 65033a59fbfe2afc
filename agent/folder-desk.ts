import type { z } from "zod";
import {
  type CarrySession,
  HUB_REQUESTS,
  type ListFolderReply,
  type ReadFilePart,
  type ReadFilePartReply,
  type SetFilters,
} from "../shared/protocol/agent-events.ts";
import { type Ack, RequestError } from "../shared/protocol/errors.ts";
import { MAX_LISTING_PAGE, MAX_RUNNING_SESSIONS } from "../shared/protocol/limits.ts";
import { matchName, parseNamePattern } from "../shared/protocol/name-pattern.ts";
import type { CarriedSessions } from "./carried-sessions.ts";
import type { Delivery } from "./delivery.ts";
import { folderTrouble } from "./folder-words.ts";
import type { ScanFolder } from "./scan-folder.ts";

interface FolderDeskDependencies {
  readonly scan: ScanFolder;
  readonly delivery: Delivery;
  readonly carried: Pick<CarriedSessions, "carry" | "drop">;
  readonly monotonicMs: () => number;
  /** What is owed may have changed. */
  readonly onSessions: () => void;
}

/**
 * Answers the hub's requests. The hub can narrow what it gets, never widen it: names are only looked up in the
 * folder scan's own list, and every message is checked against its schema first.
 */
export class FolderDesk {
  readonly #deps: FolderDeskDependencies;
  /** What was listed last, page by page from one snapshot. */
  #listing: ReturnType<ScanFolder["list"]> = [];
  #listed = new Set<string>();

  constructor(deps: FolderDeskDependencies) {
    this.#deps = deps;
  }

  /** Runs one request; every outcome, also of a message that makes no sense, becomes an acknowledgement. */
  async answer(event: string, payload: unknown): Promise<Ack<unknown>> {
    try {
      return { ok: true, value: await this.#run(event, payload) };
    } catch (error) {
      const known = error instanceof RequestError ? error : new RequestError("internal");
      return { ok: false, error: known.toWire() };
    }
  }

  #run(event: string, payload: unknown): Promise<unknown> | unknown {
    switch (event) {
      case "set_filters":
        return this.#setFilters(parse(HUB_REQUESTS.set_filters.payload, payload));
      case "carry_session":
        return this.#carry(parse(HUB_REQUESTS.carry_session.payload, payload));
      case "stop_data_stream":
        return this.#stop(parse(HUB_REQUESTS.stop_data_stream.payload, payload).session_id);
      case "describe_folder":
        return this.#list(parse(HUB_REQUESTS.describe_folder.payload, payload).since);
      case "preview_file":
        return this.#read(parse(HUB_REQUESTS.preview_file.payload, payload));
      default:
        throw new RequestError("unknown_event", "This agent does not know that request. Update the agent.");
    }
  }

  async #setFilters({ session_id, descriptor, filters }: SetFilters): Promise<{ matching: number }> {
    const { scan, delivery, carried, monotonicMs, onSessions } = this.#deps;
    const pattern = parseNamePattern(filters.pattern);
    if ("problem" in pattern) throw new RequestError("invalid_pattern", pattern.problem);
    if (!delivery.sessions.has(session_id) && delivery.sessions.size >= MAX_RUNNING_SESSIONS)
      throw new RequestError("too_many_sessions");
    const matches = remembered((name: string) => matchName(pattern, name) !== null);
    // The session begins before the first scan ends: what the scan finds meanwhile belongs to it.
    delivery.setSession(session_id, matches, scan.finished(), monotonicMs());
    if (descriptor !== undefined) carried.carry(session_id, descriptor);
    onSessions();
    await scan.firstScan;
    let matching = 0;
    for (const [label] of scan.standings()) if (matches(label)) matching += 1;
    return { matching };
  }

  /** Only of a session that runs here: others are not this agent's to bring back. */
  #carry({ session_id, descriptor }: CarrySession): null {
    const { delivery, carried } = this.#deps;
    if (delivery.sessions.has(session_id)) carried.carry(session_id, descriptor);
    return null;
  }

  #stop(session_id: string): null {
    this.#deps.delivery.removeSession(session_id);
    this.#deps.carried.drop(session_id);
    this.#deps.onSessions();
    return null;
  }

  async #list(since: number): Promise<ListFolderReply> {
    const { scan } = this.#deps;
    await scan.firstScan;
    if (since === 0) {
      this.#listing = scan.list();
      this.#listed = new Set(this.#listing.map(({ name }) => name));
    }
    const files = this.#listing.slice(since, since + MAX_LISTING_PAGE);
    const trouble = folderTrouble(scan.problem);
    return { total: this.#listing.length, files, ...(trouble === null ? {} : { trouble }) };
  }

  async #read({ name, from, length }: ReadFilePart): Promise<ReadFilePartReply> {
    if (!this.#listed.has(name)) throw new RequestError("file_not_listed");
    const reading = await this.#deps.scan.reader.listed(name, from, length);
    if (!reading.ok) throw new RequestError(reading.why === "gone" ? "file_not_listed" : "file_unreadable");
    return { content: reading.content, size: reading.size };
  }
}

/** Names are asked for again with every report; the answer never changes. */
function remembered(matches: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const answer = known.get(name) ?? matches(name);
    known.set(name, answer);
    return answer;
  };
}

function parse<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RequestError(
    "invalid_message",
    `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}`,
  );
}
