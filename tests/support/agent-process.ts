import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./agent.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** An agent as people run it: a process of its own that can be killed and started again. */
export interface AgentProcess {
  /** As the agent prints it: `7k2m-9xqd-t4hw-b8z7`. */
  readonly userId: string;
  readonly folder: string;
  kill9(): Promise<void>;
  /** Starts it again, with the same key; resolves when it is connected. */
  start(): Promise<void>;
}

export async function startAgentProcess(hubUrl: string, name: string): Promise<AgentProcess> {
  const folder = await temporaryFolder();
  const config = await temporaryFolder();
  let child: ChildProcess | undefined;
  let userId = "";
  const start = async () => {
    const words = ["--hub", hubUrl, "--watch", folder, "--config", config, "--name", name];
    child = spawn(process.execPath, ["--import", "tsx", "agent/cli.ts", ...words], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    userId = await connected(child);
  };
  const kill9 = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill9);
  await start();
  return { userId, folder, kill9, start };
}

/** Resolves with the User ID once the agent says that it is connected. */
function connected(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  let userId = "";
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error("the agent's output is not read");
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      userId = /User ID\s+([0-9a-z-]{19})/.exec(line)?.[1] ?? userId;
      if (/ connected/.test(line)) resolve(userId);
    });
    child.once("exit", (code) => reject(new Error(`The agent ended with ${code}:\n${said.join("\n")}`)));
  });
}
