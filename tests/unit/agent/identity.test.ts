import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultConfigFolder } from "../../../agent/config-folder.ts";
import { IdentityError, loadIdentity, renewIdentity } from "../../../agent/identity.ts";
import { formatUserId, readUserId } from "../../../shared/protocol/user-id.ts";

const posix = process.platform !== "win32";

function configFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "benchcast-id-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, "config");
}

/** The message of what must be refused. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(IdentityError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("It was not refused.");
}

describe("the agent's identity", () => {
  it("is made at the first start and is the same at every later one", () => {
    const folder = configFolder();
    const first = loadIdentity(folder);
    expect(loadIdentity(folder)).toEqual(first);
    expect(first.agentKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(readUserId(formatUserId(first.userId))).toEqual({ ok: true, user_id: first.userId });
  });

  it("gives the User ID that the hub computes from the key", () => {
    const folder = configFolder();
    loadIdentity(folder);
    writeFileSync(join(folder, "agent-key"), `${"k".repeat(43)}\n`);
    // printf 'benchcast-id-v1:%s' kkk… | sha256sum, first 75 bits in base 32, and the check character.
    expect(loadIdentity(folder).userId).toBe("y92hghv308qyh21x");
  });

  it.runIf(posix)("keeps the key where only its owner can read it", () => {
    const folder = configFolder();
    loadIdentity(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "agent-key")).mode & 0o777).toBe(0o600);
  });

  it.runIf(posix)("refuses a key that others can read, and says how to close it", () => {
    const folder = configFolder();
    const before = loadIdentity(folder);
    const path = join(folder, "agent-key");
    chmodSync(path, 0o644);
    expect(refusal(() => loadIdentity(folder))).toContain(`chmod 600 "${path}"`);
    chmodSync(path, 0o600);
    expect(loadIdentity(folder)).toEqual(before);
  });

  it.each(["", "short", `${"k".repeat(44)}`, `${"k".repeat(42)}ä`])(
    "never replaces a damaged key by a new one: %j",
    (content) => {
      const folder = configFolder();
      loadIdentity(folder);
      const path = join(folder, "agent-key");
      writeFileSync(path, content);
      expect(refusal(() => loadIdentity(folder))).toContain("is damaged");
      expect(readFileSync(path, "utf8")).toBe(content);
    },
  );

  it("says where the key cannot be written", () => {
    const parent = configFolder();
    writeFileSync(parent, "a file where the folder should be");
    expect(refusal(() => loadIdentity(join(parent, "inside")))).toContain("--config");
  });

  it("changes when its owner asks for a new one", () => {
    const folder = configFolder();
    const before = loadIdentity(folder);
    const renewed = renewIdentity(folder);
    expect(renewed.userId).not.toBe(before.userId);
    expect(loadIdentity(folder)).toEqual(renewed);
  });

  it("lies where each platform keeps such files", () => {
    expect(defaultConfigFolder("linux", { XDG_CONFIG_HOME: "/x" }, "/home/a")).toBe(join("/x", "benchcast"));
    expect(defaultConfigFolder("linux", {}, "/home/a")).toBe(join("/home/a", ".config", "benchcast"));
    expect(defaultConfigFolder("darwin", {}, "/Users/a")).toBe(
      join("/Users/a", "Library", "Application Support", "Benchcast"),
    );
    expect(defaultConfigFolder("win32", { APPDATA: "/roaming" }, "/home/a")).toBe(
      join("/roaming", "Benchcast"),
    );
  });
});
