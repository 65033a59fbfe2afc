import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { HashCache } from "../../../agent/hash-cache.ts";

const SHA = "a".repeat(64);

function configFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "benchcast-hashes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("the memory of hashes", () => {
  it("outlives a restart, for the same folder and the untouched file alone", async () => {
    const config = configFolder();
    const cache = new HashCache(config, "/scans");
    cache.put("a.txt", "1:2:3:4", SHA);
    await cache.save();
    const again = new HashCache(config, "/scans");
    expect(again.get("a.txt", "1:2:3:4")).toBe(SHA);
    expect(again.get("a.txt", "1:2:3:5")).toBeNull();
    expect(new HashCache(config, "/other").get("a.txt", "1:2:3:4")).toBeNull();
  });

  it("skips a line that a power cut has torn, and goes on behind it", async () => {
    const config = configFolder();
    const cache = new HashCache(config, "/scans");
    cache.put("a.txt", "1", SHA);
    await cache.save();
    const [name = ""] = readdirSync(config);
    appendFileSync(join(config, name), '["b.txt","2","aaa');
    const torn = new HashCache(config, "/scans");
    torn.put("c.txt", "3", SHA);
    await torn.save();
    const again = new HashCache(config, "/scans");
    expect([again.get("a.txt", "1"), again.get("b.txt", "2"), again.get("c.txt", "3")]).toEqual([
      SHA,
      null,
      SHA,
    ]);
  });

  it("is written anew when it holds mostly what is no longer true", async () => {
    const config = configFolder();
    const cache = new HashCache(config, "/scans");
    for (let round = 0; round < 1_500; round++) {
      cache.put("a.txt", String(round), SHA);
      if (round % 100 === 99) await cache.save();
    }
    const [name = ""] = readdirSync(config);
    expect(readFileSync(join(config, name), "utf8").split("\n").length).toBeLessThan(1_100);
    expect(new HashCache(config, "/scans").get("a.txt", "1499")).toBe(SHA);
    if (process.platform !== "win32") expect(statSync(join(config, name)).mode & 0o777).toBe(0o600);
  });

  it("keeps in memory what cannot be written, and writes it when it can", async () => {
    const config = join(configFolder(), "inside");
    writeFileSync(config, "a file where the folder should be");
    const cache = new HashCache(config, "/scans");
    cache.put("a.txt", "1", SHA);
    await expect(cache.save()).rejects.toThrow();
    expect(cache.get("a.txt", "1")).toBe(SHA);
    rmSync(config);
    await cache.save();
    expect(new HashCache(config, "/scans").get("a.txt", "1")).toBe(SHA);
  });

  it("forgets what it is told to", () => {
    const cache = new HashCache(configFolder(), "/scans");
    cache.put("a.txt", "1", SHA);
    cache.forget("a.txt");
    expect(cache.get("a.txt", "1")).toBeNull();
  });
});
