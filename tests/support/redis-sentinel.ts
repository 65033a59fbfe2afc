import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished } from "vitest";
import { redisServerPath } from "./bring-tools.ts";
import { freePort } from "./free-port.ts";
import { startRedis } from "./redis-server.ts";

/** A primary that is down for so long is replaced. */
const DOWN_AFTER_MS = 500;

/** A primary, a replica that has what the primary has, and three sentinels that watch them as `lab`. */
export async function startSentinels() {
  const primary = await startRedis();
  onTestFinished(() => primary.stop());
  const replica = await startRedis({ args: ["--replicaof", "127.0.0.1", String(primary.port)] });
  onTestFinished(() => replica.stop());
  const ports = [await startSentinel(primary.port), await startSentinel(primary.port)];
  ports.push(await startSentinel(primary.port));
  const first = new Redis({ port: ports[0] ?? 0 });
  onTestFinished(() => first.disconnect());
  // Before they know of each other and of the replica there is nobody to agree, and nothing to fail over to.
  const known = async () => {
    const [fields = []] = (await first.call("SENTINEL", "MASTERS")) as string[][]; // a list of names and values
    const field = (name: string) => fields[fields.indexOf(name) + 1];
    return [field("num-slaves"), field("num-other-sentinels")];
  };
  await expect.poll(known, { timeout: 30_000 }).toEqual(["1", "2"]);
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(",");
  return { primary, replica, hosts, url: `redis+sentinel://${hosts}/lab` };
}

async function startSentinel(primaryPort: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "benchcast-sentinel-"));
  const port = await freePort();
  const file = join(directory, "sentinel.conf");
  writeFileSync(
    file,
    [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir ${directory}`,
      `sentinel monitor lab 127.0.0.1 ${primaryPort} 2`,
      `sentinel down-after-milliseconds lab ${DOWN_AFTER_MS}`,
      "sentinel failover-timeout lab 5000",
    ].join("\n"),
  );
  const child = spawn(redisServerPath(), [file, "--sentinel"], { stdio: "ignore" });
  onTestFinished(async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  });
  const client = new Redis({ port, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => undefined); // until it listens
  await client.ping();
  client.disconnect();
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
