import { createHash } from "node:crypto";
import { platform, release } from "node:os";
import { basename, resolve } from "node:path";
import { nanoid } from "nanoid";
import type { AgentAuth } from "../shared/protocol/agent-events.ts";
import { PROTOCOL_VERSION } from "../shared/protocol/limits.ts";
import { VERSION } from "./version.ts";

interface Told {
  readonly folder: string;
  readonly name?: string;
  /** Enrolment token, where the hub asks for one. */
  readonly token?: string | null;
}

/** What the agent says of itself when it connects. `instance`: random per process, so that the newest wins. */
export function handshake(agent_key: string, { folder, name = "instrument", token }: Told): AgentAuth {
  return {
    role: "agent",
    protocol: PROTOCOL_VERSION,
    agent_key,
    instance: nanoid(),
    name: name.slice(0, 100),
    version: VERSION,
    os: `${platform()} ${release()}`.slice(0, 100),
    folder: basename(resolve(folder)).slice(0, 200),
    folder_id: folderId(agent_key, resolve(folder)),
    ...(token ? { enrolment: token } : {}),
  };
}

/** The same at every start on the same folder; with the key in it, nobody finds the path by trying. */
function folderId(agentKey: string, path: string): string {
  const name = platform() === "win32" ? path.toLowerCase() : path;
  return createHash("sha256")
    .update(`benchcast-folder-v1:${agentKey}:${name}`)
    .digest("base64url")
    .slice(0, 22);
}
