import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A hub as operators run it: a process of its own that can be killed and started again at the same address. */
export interface HubProcess {
  readonly url: string;
  readonly dataDir: string;
  /** `kill -9`; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again after it was killed; resolves when it is ready. */
  start(): Promise<void>;
}

export async function startHubProcess(env: Readonly<Record<string, string>> = {}): Promise<HubProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "benchcast-hub-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(process.execPath, ["--import", "tsx", "server/main.ts"], {
      cwd: ROOT,
      env: {
        ...process.env,
        HOST: "127.0.0.1",
        PORT: String(port),
        DATA_DIR: dataDir,
        LOG_LEVEL: "info",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await ready(child);
  };
  const kill9 = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(async () => {
    await kill9();
    await rm(dataDir, { recursive: true, force: true });
  });
  await start();
  return { url: `http://127.0.0.1:${port}`, dataDir, kill9, start };
}

/** Resolves with the log line that says so; rejects with what the hub said when it ends before. */
function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line.includes('"msg":"hub ready"')) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`The hub ended with ${code}:\n${said.join("\n")}`)));
  });
}
