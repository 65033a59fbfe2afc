import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/agent.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { ask } from "../support/raw-http.ts";
import { startRedis } from "../support/redis-server.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PASSWORD = "pa55word-of-redis";
const ADMIN_TOKEN = "t0ken-of-the-operator";
const ENROLMENT = "t0ken-of-laboratory-a";

/** Starts a hub that cannot run, and gives all that it prints. */
async function failingStart(env: Readonly<Record<string, string>>): Promise<string> {
  const DATA_DIR = await temporaryFolder();
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", "server/main.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, PORT: "0", DATA_DIR, LOG_LEVEL: "trace", ADMIN_TOKEN, ...env },
  });
  expect(status).toBe(1);
  return stdout + stderr;
}

test("no password of Redis and no token stands in what a hub prints, whether it starts, fails or loses Redis", async () => {
  const redis = await startRedis({ password: PASSWORD });
  onTestFinished(() => redis.stop());
  const printed: string[] = [];
  const address = `127.0.0.1:${redis.port}`;
  for (const REDIS_URL of [
    `redis://:${PASSWORD}x@${address}`,
    `redis://default:${PASSWORD}@127.0.0.1:1`,
    `redis://${address}/0?password=${PASSWORD}x`,
    `redis://:${PASSWORD} @ nonsense`,
  ]) {
    const words = await failingStart({ REDIS_URL });
    expect(words, REDIS_URL).toMatch(/could not start.*Redis/);
    printed.push(words);
  }
  const env = {
    REDIS_URL: `redis://:${PASSWORD}@${address}`,
    ADMIN_TOKEN,
    AGENT_TOKENS: `lab-a:${ENROLMENT}`,
  };
  const hub = await startHubProcess({ ...env, LOG_LEVEL: "trace" });
  await redis.kill9();
  await expect.poll(() => hub.output(), { timeout: 20_000 }).toContain('"msg":"store away"');
  const ready = await ask(hub.url, "/ready");
  expect(ready.status).toBe(503);
  printed.push(ready.text, (await ask(hub.url, "/health")).text, (await ask(hub.url, "/metrics")).text);
  await hub.terminate();
  printed.push(hub.output());
  for (const secret of [PASSWORD, ADMIN_TOKEN, ENROLMENT])
    expect(
      printed
        .join("\n")
        .split("\n")
        .filter((line) => line.includes(secret)),
    ).toEqual([]);
});
