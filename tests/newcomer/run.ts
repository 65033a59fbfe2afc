/**
 * Walks through the README as a newcomer does: a fresh clone, an empty home, each command as printed. Ends with
 * an error at the first that does not work. Leaves screenshots in the folder that it names.
 *
 *   node --import tsx tests/newcomer/run.ts
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openBrowser } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { startRedis } from "../support/redis-server.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "benchcast-newcomer-"));
const [home, clone, temporary, shots] = ["home", "benchcast", "tmp", "screenshots"].map((name) =>
  join(place, name),
);
for (const folder of [home, temporary, shots]) mkdirSync(folder ?? "");
const environment = { PATH: process.env.PATH, HOME: home, TMPDIR: temporary, NO_COLOR: "1" };

/** A command in the clone, as typed. */
function start(command: string, env: Readonly<Record<string, string>> = {}, cwd = clone): Running {
  console.log(`$ ${command}`);
  // A group of its own, so that Ctrl-C reaches npm and what it started, as in a terminal.
  const child = spawn("bash", ["-c", command], {
    cwd,
    env: { ...environment, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Running(child);
}

class Running {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => void this.lines.push(line));
    }
  }

  /** The first line that matches, or an error with all that was said. */
  async says(pattern: RegExp, seconds = 60): Promise<string> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) {
      const found = this.lines.map((line) => pattern.exec(line)).find((match) => match !== null);
      if (found) return found[1] ?? found[0];
      if (this.#child.exitCode !== null) break;
    }
    throw new Error(`No line like ${pattern} in:\n${this.lines.join("\n")}`);
  }

  /** Ctrl-C. */
  async interrupt(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    process.kill(-(this.#child.pid ?? 0), "SIGINT");
    await gone;
  }
}

async function reads(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.text();
}

async function demo(): Promise<void> {
  const running = start("npm run demo");
  const link = await running.says(/(http:\/\/\S+\/#[0-9a-z-]{19})/);
  const lastLine = Date.now();
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(link);
  const plot = page.getByTestId("trend-plot");
  const points = async () => Number(await plot.getAttribute("data-points", { timeout: 15_000 }));
  let first = await points();
  while (first === 0 && Date.now() - lastLine < 15_000) first = await points();
  const before = await points();
  while ((await points()) <= before && Date.now() - lastLine < 15_000) await pause(100);
  const after = await points();
  const seconds = ((Date.now() - lastLine) / 1000).toFixed(1);
  await page.screenshot({ path: join(shots ?? "", "demo.png") });
  await browser.close();
  if (after <= before) throw new Error(`The plot did not move within 15 s: ${before} points, then ${after}.`);
  console.log(`  the plot moves ${seconds} s after the last line: ${before} → ${after} points`);
  await running.interrupt();
  const left = readdirSync(temporary ?? "").filter((name) => name.startsWith("benchcast"));
  if (left.length > 0) throw new Error(`The demo left files behind: ${left.join(", ")}`);
}

async function hubAndAgent(env: Readonly<Record<string, string>>): Promise<void> {
  const port = String(await freePort());
  const hub = start(
    `${Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ")} npm start`,
    { PORT: port },
  );
  await hub.says(/hub ready/);
  const url = `http://127.0.0.1:${port}`;
  console.log(`  ${await reads(`${url}/health`)}`);
  if (!(await reads(url)).includes("<html")) throw new Error("The hub serves no viewer.");
  // The instrument PC: one downloaded file in an empty folder, nothing else.
  const pc = mkdtempSync(join(place, "pc-"));
  writeFileSync(join(pc, "benchcast-agent.mjs"), await reads(`${url}/agent`));
  const scans = join(pc, "scans");
  mkdirSync(scans);
  const agent = start(`node benchcast-agent.mjs --hub ${url} --watch "${scans}"`, {}, pc);
  console.log(`  User ID ${await agent.says(/User ID\s+([0-9a-z-]{19})/)}`);
  await agent.says(/connected/);
  await agent.interrupt();
  const fromClone = start(`npm run agent -- --hub ${url} --watch "${scans}"`);
  await fromClone.says(/connected/);
  await fromClone.interrupt();
  await hub.interrupt();
}

try {
  execFileSync("git", ["clone", "--quiet", ROOT, clone ?? ""], { env: environment });
  const readme = readFileSync(join(clone ?? "", "README.md"), "utf8");
  for (const command of [
    "npm ci && npm run demo",
    "HOST=0.0.0.0 npm start",
    "REDIS_URL=redis://127.0.0.1:6379 npm start",
  ]) {
    if (!readme.includes(command)) throw new Error(`The README does not print: ${command}`);
  }
  const install = start("npm ci; echo npm-ci-ended-with $?");
  await install.says(/npm-ci-ended-with 0/, 300);
  await demo();
  await hubAndAgent({ HOST: "0.0.0.0" });
  const redis = await startRedis();
  await hubAndAgent({ REDIS_URL: redis.url });
  await redis.stop();
  const kept = join(tmpdir(), "benchcast-newcomer-demo.png");
  copyFileSync(join(shots ?? "", "demo.png"), kept);
  console.log(`Every command works as printed. Screenshot: ${kept}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
