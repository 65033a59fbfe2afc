import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { nanoid } from "nanoid";
import { USER_ID_HASH_PREFIX, type UserId, userIdFromDigest } from "../shared/protocol/user-id.ts";
import { writeWhole } from "./config-folder.ts";

/** 43 characters of 6 bits: 258 bits, more than the 256 of the hash behind the User ID. */
const KEY_LENGTH = 43;
const KEY_FILE = "agent-key";

/** Who this agent is. The key is the secret behind the User ID: it is never shown and never sent to viewers. */
export interface Identity {
  readonly agentKey: string;
  readonly userId: UserId;
}

/** The key file cannot be used. The message says what was found and what to do; nothing was changed. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}

/**
 * The identity kept in the configuration folder, made at the first start. A file that is damaged or open to
 * others is refused, never replaced: a new identity would hide the old sessions from their owner.
 *
 * @throws IdentityError
 */
export function loadIdentity(configFolder: string): Identity {
  const path = join(configFolder, KEY_FILE);
  const found = readKeyFile(path);
  if (found !== null) return identityOf(found);
  attempt(path, () => writeWhole(path, `${nanoid(KEY_LENGTH)}\n`, "create"));
  // Read back: another agent that started in the same moment may have been first.
  const key = readKeyFile(path);
  if (key === null)
    throw new IdentityError(`The agent's key ${path} vanished as soon as it was written. Check the folder.`);
  return identityOf(key);
}

/**
 * Makes a new identity. Sessions of the old one stay under the old User ID.
 *
 * @throws IdentityError when the folder cannot be written
 */
export function renewIdentity(configFolder: string): Identity {
  const path = join(configFolder, KEY_FILE);
  const key = nanoid(KEY_LENGTH);
  attempt(path, () => writeWhole(path, `${key}\n`, "replace"));
  return identityOf(key);
}

function readKeyFile(path: string): string | null {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
    refuseOpenFile(path);
  } catch (error) {
    if (error instanceof IdentityError) throw error;
    if (codeOf(error) === "ENOENT") return null;
    throw new IdentityError(
      `The agent's key ${path} cannot be read (${codeOf(error)}). Give your user access to it, or name another folder with --config.`,
    );
  }
  const key = content.trim();
  if (!/^[A-Za-z0-9_-]{43}$/.test(key)) {
    throw new IdentityError(
      `The agent's key ${path} is damaged: it should hold one line of ${KEY_LENGTH} letters, digits, - and _. ` +
        "Restore it from a backup to keep the User ID, or make a new one with: benchcast-agent id --new",
    );
  }
  return key;
}

/** Whoever reads the key can pose as this agent. Windows keeps %APPDATA% private by its own rules. */
function refuseOpenFile(path: string): void {
  if (process.platform === "win32") return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  const found = mode.toString(8).padStart(3, "0");
  throw new IdentityError(
    `The agent's key ${path} is open to other users (mode ${found}). Close it with: chmod 600 "${path}"`,
  );
}

function identityOf(agentKey: string): Identity {
  const digest = createHash("sha256").update(`${USER_ID_HASH_PREFIX}${agentKey}`, "utf8").digest();
  return { agentKey, userId: userIdFromDigest(digest) };
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new IdentityError(
      `The agent's key ${path} cannot be written (${codeOf(error)}). Name another folder with --config.`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
