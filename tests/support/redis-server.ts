import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { redisServerPath } from "./bring-tools.ts";
import { freePort } from "./free-port.ts";

const START_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 10;

export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:<port>`; without the password where there is one. */
  readonly url: string;
  /** Where it keeps its files. */
  readonly directory: string;
  /** Sends one command and returns its reply, as `redis-cli` would. */
  cli(...words: string[]): Promise<unknown>;
  /** Ends the server as an operator would and removes its data. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** Starts it again on the same port with the same data; kills it first where it still runs. */
  restart(): Promise<void>;
  /** Stands still with its sockets open, as a host that hangs. */
  sigstop(): void;
  sigcont(): void;
}

/**
 * Starts a real Redis of one's own on a free port, with a folder of its own, durable as the hub asks for.
 * Resolves when it answers.
 * @param options.args further options of redis-server, which override ours (`["--appendfsync", "everysec"]`)
 */
export async function startRedis(
  options: { args?: readonly string[]; password?: string } = {},
): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "benchcast-redis-"));
  const port = await freePort();
  const secret = options.password === undefined ? [] : ["--requirepass", options.password];
  const words = [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always", ...secret, ...(options.args ?? [])],
  ];
  let child = await launch(words, port);

  const kill9 = async () => {
    if (hasEnded(child)) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    directory,
    cli: (command = "PING", ...args) => sendOne(port, options.password, command, args),
    async stop() {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      if (!hasEnded(child)) await once(child, "exit");
      rmSync(directory, { recursive: true, force: true });
    },
    kill9,
    async restart() {
      await kill9();
      child = await launch(words, port);
    },
    sigstop: () => void child.kill("SIGSTOP"),
    sigcont: () => void child.kill("SIGCONT"),
  };
}

async function launch(words: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(redisServerPath(), words, { stdio: ["ignore", "pipe", "pipe"] });
  // A test run that ends early must not leave it behind.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-10_000);
    });
  }
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (hasEnded(child) || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`redis-server did not start:\n${printed}`);
    }
    await pause(POLL_INTERVAL_MS);
  }
  return child;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Whether the server answers a PING with anything but "loading". */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once("data", (reply) => {
      resolve(!reply.toString().startsWith("-LOADING"));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}

async function sendOne(port: number, password: string | undefined, command: string, args: readonly string[]) {
  const client = new Redis({
    port,
    lazyConnect: true,
    retryStrategy: null,
    ...(password === undefined ? {} : { password }),
  });
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
