import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { Server } from "socket.io";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { EXIT } from "../../../agent/exit-codes.ts";
import { agentProgram } from "../../../rolldown.config.ts";
import { readUserId } from "../../../shared/protocol/user-id.ts";

/* The bundled agent, run as people run it: one file, Node, an empty folder. */

let program = "";

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-bundle-"));
  program = join(folder, "benchcast-agent.mjs");
  await build(agentProgram(program));
  return () => rm(folder, { recursive: true, force: true });
}, 30_000);

describe("the agent as one file", { timeout: 20_000 }, () => {
  it("shows its User ID alone on a line, and keeps it", async () => {
    const config = await temporaryFolder();
    const first = await run(["id", "--config", config]);
    expect(readUserId(first.out.trim()).ok).toBe(true);
    expect(first).toMatchObject({ code: EXIT.ok, err: "" });
    expect(await run(["id", "--config", config])).toEqual(first);
    const renewed = await run(["id", "--new", "--config", config]);
    expect(renewed.out).not.toBe(first.out);
    expect(renewed.err).toContain("Old sessions stay under the old one");
  });

  it("ends with the documented code when it cannot start", async () => {
    const config = await temporaryFolder();
    const file = join(config, "scan.txt");
    await writeFile(file, "");
    expect(await run(["--hup", "x"])).toMatchObject({ code: EXIT.usage });
    expect(await run(["--hub", "http://127.0.0.1:1", "--watch", file])).toMatchObject({ code: EXIT.folder });
    await writeFile(join(config, "agent-key"), "damaged", { mode: 0o600 });
    const refused = await run(["id", "--config", config]);
    expect(refused.code).toBe(EXIT.error);
    expect(refused.err).toMatch(/^The agent's key .* is damaged.*\n$/);
  });

  it("waits for a hub and a folder that are not there, says so, and ends at once when interrupted", async () => {
    const config = await temporaryFolder();
    const folder = join(config, "not yet");
    const child = start(["--hub", "http://127.0.0.1:1", "--watch", folder, "--config", config]);
    await child.says(/The folder .*not yet is not there/);
    await child.says(/Nothing answers at http:\/\/127\.0\.0\.1:1/);
    const startedMs = performance.now();
    child.process.kill("SIGINT");
    expect((await child.ended).code).toBe(EXIT.interrupted);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
  });

  it("leaves the folder as it was", async () => {
    const config = await temporaryFolder();
    const folder = await temporaryFolder();
    const child = start(["--hub", "http://127.0.0.1:1", "--watch", folder, "--config", config]);
    await child.says(/User ID/);
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(EXIT.ok);
    expect(await readdir(folder)).toEqual([]);
  });

  it("ends with a code of its own when another agent has taken over", async () => {
    const hub = await hubThatSays({
      code: "replaced",
      message: "Another agent has taken over.",
      retry: false,
      retry_after_ms: 0,
    });
    const ended = await run([
      "--hub",
      hub,
      "--watch",
      await temporaryFolder(),
      "--config",
      await temporaryFolder(),
    ]);
    expect(ended.code).toBe(EXIT.replaced);
    expect(ended.err).toContain("Another agent has taken over.");
  });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[]): Promise<Ended> {
  return start(args).ended;
}

function start(args: readonly string[]): {
  process: ChildProcess;
  ended: Promise<Ended>;
  says(words: RegExp): Promise<void>;
} {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  const waiting = new Set<() => void>();
  const hear = (stream: "out" | "err") => (chunk: Buffer) => {
    said[stream] += chunk.toString("utf8");
    for (const check of [...waiting]) check();
  };
  child.stdout.on("data", hear("out"));
  child.stderr.on("data", hear("err"));
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...said })));
  const says = (words: RegExp) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!words.test(said.out + said.err)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { process: child, ended, says };
}

async function hubThatSays(bye: object): Promise<string> {
  const http = createServer();
  const io = new Server(http);
  io.on("connection", (socket) => socket.emit("bye", bye));
  await new Promise<void>((ready) => http.listen(0, "127.0.0.1", ready));
  onTestFinished(() => io.close());
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return `http://127.0.0.1:${address.port}`;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
