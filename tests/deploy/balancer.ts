import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../support/agent.ts";
import { balancerPath } from "../support/bring-tools.ts";
import { freePort } from "../support/free-port.ts";

const START_WITHIN_MS = 10_000;
const FILES = { haproxy: "haproxy.cfg", nginx: "nginx.conf" } as const;

export interface BalancerOptions {
  /** Changes the file first: for tests of what happens without something in it. */
  readonly change?: (text: string) => string;
}

/** Starts the file of `deploy/` before hubs. @returns its address */
export async function startBalancer(
  name: keyof typeof FILES,
  hubUrls: readonly string[],
  { change = (text) => text }: BalancerOptions = {},
): Promise<string> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const hosts = hubUrls.map((url) => new URL(url).host);
  const variables = {
    LISTEN: `127.0.0.1:${port}`,
    ...Object.fromEntries(hosts.map((host, index) => [`HUB_${index + 1}`, host])),
  };
  const given = change(await readFile(new URL(`../../deploy/${FILES[name]}`, import.meta.url), "utf8"));
  const file = join(folder, FILES[name]);
  await writeFile(file, name === "nginx" ? fillIn(given, variables) : given);
  const child = spawn(balancerPath(name), wordsFor(name, file, folder), {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await listening(child, port);
  return `http://127.0.0.1:${port}`;
}

/** Every client for itself, one after the other, as a balancer does that knows no cookies. */
export function withoutStickiness(text: string): string {
  return text
    .replace("balance leastconn", "balance roundrobin")
    .replace(/^ *cookie .*$/m, "")
    .replace(/ cookie hub\d/g, "");
}

/** As `envsubst` does it. */
export function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z_0-9]+)\}/g, (all, variable: string) => variables[variable] ?? all);
}

function wordsFor(name: keyof typeof FILES, file: string, folder: string): string[] {
  if (name === "haproxy") return ["-db", "-f", file];
  const own = `daemon off; pid ${join(folder, "pid")};`;
  return ["-c", file, "-p", folder, "-e", "stderr", "-g", own];
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-5_000);
    });
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  onTestFinished(async () => {
    process.off("exit", end);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const until = Date.now() + START_WITHIN_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > until)
      throw new Error(`The balancer did not start:\n${said}`);
    await pause(20);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
