import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { hasRealData } from "./data.ts";

interface Tool {
  readonly purpose: string;
  /** Names another binary than the one on the PATH. */
  readonly variable: string;
  readonly commands: readonly string[];
  readonly debianPackages: readonly string[];
  readonly macHint: string;
  /** Words with which it succeeds only where it has what it needs. */
  readonly probe?: readonly string[];
}

const REDIS_SERVER: Tool = {
  purpose: "the store of many hubs (contract, integration, browser tests)",
  variable: "BENCHCAST_REDIS_SERVER",
  commands: ["redis-server"],
  debianPackages: ["redis-server"],
  macHint: "brew install redis",
};

const CHROMIUM: Tool = {
  purpose: "a real page (browser tests)",
  variable: "BENCHCAST_CHROMIUM",
  commands: ["chromium", "chromium-browser", "google-chrome"],
  debianPackages: ["chromium", "fonts-dejavu-core"],
  macHint: "brew install --cask chromium",
};

const PROMTOOL: Tool = {
  purpose: "the judge of metrics and alert rules (deploy tests)",
  variable: "BENCHCAST_PROMTOOL",
  commands: ["promtool"],
  debianPackages: ["prometheus"],
  macHint: "brew install prometheus",
};

const PYTHON: Tool = {
  purpose: "the readers of exports (interop tests), with pandas and openpyxl",
  variable: "BENCHCAST_PYTHON",
  commands: ["python3"],
  debianPackages: ["python3", "python3-pandas", "python3-openpyxl"],
  macHint: "brew install python && pip3 install pandas openpyxl",
  probe: ["-c", "import pandas, openpyxl"],
};

const HAPROXY: Tool = {
  purpose: "a load balancer before many hubs (deploy tests)",
  variable: "BENCHCAST_HAPROXY",
  commands: ["haproxy"],
  debianPackages: ["haproxy"],
  macHint: "brew install haproxy",
};

const NGINX: Tool = {
  purpose: "a load balancer before many hubs (deploy tests)",
  variable: "BENCHCAST_NGINX",
  commands: ["nginx"],
  debianPackages: ["nginx-light"],
  macHint: "brew install nginx",
};

/** Before all tests: everything real that they run is there, installed where that is possible without asking. */
export default async function bringTools(): Promise<void> {
  bring([REDIS_SERVER, CHROMIUM]);
  if (!hasRealData()) {
    console.log(
      "Real instrument files are not beside this checkout (../shared/data): cases on them are skipped.",
    );
  }
}

/** Before the tests of `deploy/`: the programs that judge, or run, what stands there. */
export async function bringDeployTools(): Promise<void> {
  bring([REDIS_SERVER, PROMTOOL, HAPROXY, NGINX, CHROMIUM]);
}

/** Path of a load balancer. @throws Error saying what to install */
export function balancerPath(name: "haproxy" | "nginx"): string {
  return need(name === "haproxy" ? HAPROXY : NGINX);
}

/** Path of Prometheus' own checker. @throws Error saying what to install */
export function promtoolPath(): string {
  return need(PROMTOOL);
}

/** Before the tests that read exports back. */
export function bringPython(): void {
  bring([PYTHON]);
}

/** Path of a Python that has pandas and openpyxl. @throws Error saying what to install */
export function pythonPath(): string {
  return need(PYTHON);
}

/** Path of the Redis server that tests start. @throws Error saying what to install */
export function redisServerPath(): string {
  return need(REDIS_SERVER);
}

/** Path of the browser that tests drive. @throws Error saying what to install */
export function chromiumPath(): string {
  return need(CHROMIUM);
}

function bring(tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => find(tool) === null);
  if (missing.length > 0) install(missing);
}

function need(tool: Tool): string {
  const path = find(tool);
  if (path === null) throw new Error(howToInstall([tool]));
  return path;
}

function find(tool: Tool): string | null {
  const named = process.env[tool.variable];
  if (named !== undefined) {
    if (!isExecutable(named)) throw new Error(`${tool.variable}=${named} is not an executable file.`);
    return named;
  }
  // Where Debian keeps what operators start; not on everybody's PATH.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const candidates = tool.commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return candidates.find((path) => isExecutable(path) && hasWhatItNeeds(path, tool)) ?? null;
}

function hasWhatItNeeds(path: string, { probe }: Tool): boolean {
  return probe === undefined || spawnSync(path, probe, { stdio: "ignore" }).status === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(missing: readonly Tool[]): void {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isExecutable("/usr/bin/apt-get")) throw new Error(howToInstall(missing));
  const packages = missing.flatMap((tool) => tool.debianPackages);
  console.log(`Installing ${packages.join(", ")} with apt-get ...`);
  const update = aptGet("update");
  const result = aptGet("install", "-y", "--no-install-recommends", ...packages);
  if (missing.some((tool) => find(tool) === null)) {
    throw new Error(`${howToInstall(missing)}\napt-get said:\n${update}\n${result}`);
  }
}

/** Runs apt-get and returns what it printed. Whether it worked shows in whether the tool is there afterwards. */
function aptGet(...words: string[]): string {
  // Another test run on this machine may be installing the same: wait for its lock.
  const { stdout, stderr, error } = spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...words], {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return `$ apt-get ${words.join(" ")}\n${stdout}${stderr}${error?.message ?? ""}`;
}

function howToInstall(tools: readonly Tool[]): string {
  return tools
    .map(
      ({ commands, purpose, debianPackages, macHint, variable }) =>
        `${commands[0]} is missing; it is ${purpose}.\n` +
        `  Debian, Ubuntu: sudo apt-get install ${debianPackages.join(" ")}\n` +
        `  macOS: ${macHint}\n` +
        `  elsewhere: install it and set ${variable} to its path`,
    )
    .join("\n");
}
