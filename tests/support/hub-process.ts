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
  /** Ends it as an operator does; resolves with its exit code. */
  terminate(): Promise<number | null>;
  /** Resolves with its exit code when it ends, whoever ends it. */
  ended(): Promise<number | null>;
  /** Stands still with its sockets open, as a host that hangs. */
  sigstop(): void;
  sigcont(): void;
  /** Of the process that runs now. */
  pid(): number;
  /** What its log has of errors (level 50 and worse), and whatever it printed that is no log line. */
  errors(): readonly string[];
  /** All that it has printed, its log included. */
  output(): string;
}

export async function startHubProcess(env: Readonly<Record<string, string>> = {}): Promise<HubProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "benchcast-hub-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const errors: string[] = [];
  const printed: string[] = [];
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
    await ready(child, (line) => {
      printed.push(line);
      if (!/^\{"level":[1-4]0,/.test(line)) errors.push(line);
    });
  };
  const kill9 = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  const ended = async () => {
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode;
  };
  const terminate = async () => {
    child?.kill("SIGTERM");
    return ended();
  };
  // A test run that ends early must not leave it behind.
  const end = () => child?.kill("SIGKILL");
  process.once("exit", end);
  onTestFinished(async () => {
    process.off("exit", end);
    await kill9();
    await rm(dataDir, { recursive: true, force: true });
  });
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    kill9,
    start,
    terminate,
    ended,
    sigstop: () => void child?.kill("SIGSTOP"),
    sigcont: () => void child?.kill("SIGCONT"),
    pid: () => child?.pid ?? 0,
    errors: () => errors,
    output: () => printed.join("\n"),
  };
}

/** Resolves with the log line that says so; rejects with what the hub said when it ends before. */
function ready(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        onLine(line);
        if (line.includes('"msg":"hub ready"')) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`The hub ended with ${code}:\n${said.join("\n")}`)));
  });
}
