import { RequestError } from "../../shared/protocol/errors.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { LogKey, LogRow } from "../store/port.ts";
import type { Hub } from "./hub.ts";
import { readAgentFile } from "./preview-file.ts";
import { type AskableAgent, reachAgent } from "./reach-agent.ts";

/** An agent that did not answer is not asked for every further file of an export. */
const LEFT_ALONE_MS = 30_000;

/** Reads the file behind a row of a log where it came from: the agent's folder, if it is still there. */
export class AgentCopies {
  readonly #hub: () => Hub;
  readonly #silentUntilMs = new Map<string, number>();

  /** @param hub is asked for when a file is, since the hub's store is made with this */
  constructor(hub: () => Hub) {
    this.#hub = hub;
  }

  /** Null also when the agent is offline. The bytes may be another content under the same name. */
  async read(key: LogKey, { name }: LogRow): Promise<Uint8Array | null> {
    const hub = this.#hub();
    const tag = key.slice(0, key.indexOf("/")) as UserTag; // as logKey() made it
    if ((this.#silentUntilMs.get(tag) ?? 0) > hub.now()) return null;
    this.#silentUntilMs.delete(tag);
    try {
      return await readListed(await reachAgent(hub, tag), name, hub.config.MAX_FILE_BYTES);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "agent_timeout") this.#silentUntilMs.set(tag, hub.now() + LEFT_ALONE_MS);
      return null;
    }
  }
}

/** An agent gives only what it has just listed. Whatever a session took may be as large as a session takes. */
async function readListed(agent: AskableAgent, name: string, most: number): Promise<Uint8Array> {
  try {
    return await readAgentFile(agent, name, most);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== "file_not_listed") throw error;
    await agent.ask("describe_folder", { since: 0 });
    return readAgentFile(agent, name, most);
  }
}
