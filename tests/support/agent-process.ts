import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./agent.ts";

const LAST_LINES = 40;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** An agent as people run it: a process of its own that can be killed and started again. */
export interface AgentProcess {
  /** As the agent prints it: `7k2m-9xqd-t4hw-b8z7`. */
  readonly userId: string;
  readonly folder: string;
  kill9(): Promise<void>;
  /** Starts it again, with the same key; resolves when it is connected. */
  start(): Promise<void>;
  /** Stands still, as a computer that sleeps. */
  sigstop(): void;
  sigcont(): void;
  /** How it ended although nobody ended it, with its last words; null while it has not. */
  died(): string | null;
}

export async function startAgentProcess(hubUrl: string, name: string): Promise<AgentProcess> {
  const folder = await temporaryFolder();
  const config = await temporaryFolder();
  let child: ChildProcess | undefined;
  let userId = "";
  let death: string | null = null;
  let killed = false;
  const start = async () => {
    killed = false;
    const words = ["--hub", hubUrl, "--watch", folder, "--config", config, "--name", name];
    child = spawn(process.execPath, ["--import", "tsx", "agent/cli.ts", ...words], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = lastWords(child);
    child.once("exit", (code, signal) => {
      if (!killed) death = `The agent ${name} ended by itself (${signal ?? code}):\n${said.join("\n")}`;
    });
    userId = await connected(child, said);
  };
  const kill9 = async () => {
    killed = true;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  // A test run that ends early must not leave it behind.
  const end = () => child?.kill("SIGKILL");
  process.once("exit", end);
  onTestFinished(async () => {
    process.off("exit", end);
    await kill9();
  });
  await start();
  return {
    userId,
    folder,
    kill9,
    start,
    sigstop: () => void child?.kill("SIGSTOP"),
    sigcont: () => void child?.kill("SIGCONT"),
    died: () => death,
  };
}

/** What the agent writes, the latest lines of it. */
function lastWords(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
    });
  }
  return lines;
}

/** Resolves with the User ID once the agent says that it is connected. */
function connected(child: ChildProcess, said: readonly string[]): Promise<string> {
  let userId = "";
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error("the agent's output is not read");
    createInterface({ input: child.stdout }).on("line", (line) => {
      userId = /User ID\s+([0-9a-z-]{19})/.exec(line)?.[1] ?? userId;
      if (/ connected/.test(line)) resolve(userId);
    });
    child.once("exit", (code) => reject(new Error(`The agent ended with ${code}:\n${said.join("\n")}`)));
  });
}
