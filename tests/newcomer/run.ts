/**
 * Walks through the README as a newcomer does: a fresh clone, an empty home, each command as printed. Ends with an
 * error at the first that does not work, or that the README prints and this does not know. Leaves a screenshot.
 *
 *   npm run test:newcomer               what takes minutes
 *   npm run test:newcomer -- --whole    the test suites, too
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const [home, clone, temporary] = ["home", "benchcast", "tmp"].map((name) => join(place, name));
for (const folder of [home, temporary]) mkdirSync(folder ?? "");
const screenshot = join(tmpdir(), "benchcast-newcomer-demo.png");
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

/** Runs a command to its end, which must be a good one, and gives what it said. */
async function runs(command: string, seconds = 300, env: Readonly<Record<string, string>> = {}) {
  const running = start(`${command}; echo ended-with $?`, env);
  const code = await running.says(/^ended-with (\d+)/, seconds);
  if (code !== "0") throw new Error(`It ended with ${code}:\n${running.lines.slice(-30).join("\n")}`);
  return running.lines.join("\n");
}

/** Opens the link that a demo prints, and waits until its plot has moved. */
async function demo(command: string): Promise<void> {
  const running = start(command);
  const link = await running.says(/(http:\/\/\S+\/#[0-9a-z-]{19})/);
  const lastLine = Date.now();
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(link);
  const plot = page.getByTestId("trend-plot");
  const points = async () => Number(await plot.getAttribute("data-points", { timeout: 15_000 }));
  let before = await points();
  while (before === 0 && Date.now() - lastLine < 15_000) before = await points();
  while ((await points()) <= before && Date.now() - lastLine < 15_000) await pause(100);
  const after = await points();
  const seconds = ((Date.now() - lastLine) / 1000).toFixed(1);
  await page.screenshot({ path: screenshot });
  await browser.close();
  if (after <= before) throw new Error(`The plot did not move within 15 s: ${before} points, then ${after}.`);
  console.log(`  the plot moves ${seconds} s after the last line: ${before} → ${after} points`);
  await running.interrupt();
  const left = readdirSync(temporary ?? "").filter((name) => name.startsWith("benchcast"));
  if (left.length > 0) throw new Error(`The demo left files behind: ${left.join(", ")}`);
}

/** The hub as the README starts it, the agent as it is downloaded and from the clone, and what stands around them. */
async function hubAndAgent(command: string, env: Readonly<Record<string, string>>): Promise<void> {
  const port = String(await freePort());
  const hub = start(command, { PORT: port, ...env });
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
  const userId = await agent.says(/User ID\s+([0-9a-z-]{19})/);
  console.log(`  User ID ${userId}`);
  await agent.says(/connected/);
  await agent.interrupt();
  if (!(await runs("npm run agent -- id")).includes(userId)) throw new Error("`id` shows another User ID.");
  const fromClone = start(`npm run agent -- --hub ${url} --watch "${scans}"`);
  await fromClone.says(/connected/);
  if (!(await runs(`npm start -- --tag ${userId}`)).match(/[A-Za-z0-9_-]{22}/))
    throw new Error("No tag was named.");
  await fromClone.interrupt();
  if (env.REDIS_URL === undefined) await runs(`npm run backup -- --to "${join(place, "backups")}"`);
  await hub.interrupt();
  if (env.REDIS_URL !== undefined) return;
  const [copy = ""] = readdirSync(join(place, "backups"));
  const restored = { DATA_DIR: join(place, "restored") };
  await runs(`npm run backup -- --restore "${join(place, "backups", copy)}"`, 300, restored);
  if ((await runs("npm run agent -- id --new")).includes(userId))
    throw new Error("`id --new` made no new ID.");
}

/** Every command that the README prints, by its beginning, and what shows that it works. */
const STEPS: readonly (readonly [printed: readonly string[], step: () => Promise<unknown>])[] = [
  [["npm ci"], () => runs("npm ci")],
  [["npm ci && npm run demo"], () => demo("npm run demo")],
  [["npm run demo -- titration"], () => demo("npm run demo -- titration")],
  [
    [
      ...[
        "HOST=0.0.0.0 npm start",
        "node benchcast-agent.mjs",
        "npm run agent -- --hub",
        "npm start -- --tag",
      ],
      ...["benchcast-agent id", "npm run backup"],
    ],
    () => hubAndAgent("HOST=0.0.0.0 npm start", {}),
  ],
  [
    ["REDIS_URL=redis://127.0.0.1:6379 npm start", "redis-cli HGETALL agent_user_mapping"],
    async () => {
      const redis = await startRedis();
      await hubAndAgent("npm start", { REDIS_URL: redis.url });
      await redis.stop();
    },
  ],
  [
    ["npx benchcast-analyse"],
    async () => {
      await runs(`node --import tsx agent/simulate.ts --into "${join(place, "series")}" --files 2 --every 1`);
      const said = await runs(`npx benchcast-analyse "${join(place, "series")}"/*.txt --json`);
      if (!said.includes("peak_height_a")) throw new Error("No peak height was printed.");
    },
  ],
  [["npm run check"], () => runs("npm run check", 600)],
  [["npm run bench"], () => runs("npm run bench")],
  // This very walk.
  [["npm run test:newcomer"], () => Promise.resolve()],
];

/** Takes long. */
const SUITES: readonly (readonly [printed: readonly string[], step: () => Promise<unknown>])[] = [
  [["npm ci && npm test", "npm test"], () => runs("npm test", 3600)],
  ...["npm run test:interop", "npm run test:deploy", "npm run test:faults"].map(
    (command) => [[command], () => runs(command, 3600)] as const,
  ),
];

/** What the README prints: lines of shell blocks without their remarks, and commands between backticks. */
function printedCommands(readme: string): string[] {
  const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...readme.matchAll(/`((?:npm|npx|node|redis-cli|benchcast-agent) [^`]*)`/g)].map(
    ([, command = ""]) => command.replaceAll("\n", " "),
  );
  return [
    ...blocks.map((line) => line.split("  #")[0]?.trim() ?? "").filter((line) => line !== ""),
    ...inline,
  ];
}

try {
  execFileSync("git", ["clone", "--quiet", ROOT, clone ?? ""], { env: environment });
  const known = [...STEPS, ...SUITES].flatMap(([printed]) => printed);
  for (const command of printedCommands(readFileSync(join(clone ?? "", "README.md"), "utf8")))
    if (!known.some((one) => command.startsWith(one)))
      throw new Error(`The README prints a command that nothing here tries: ${command}`);
  for (const [, step] of [...STEPS, ...(process.argv.includes("--whole") ? SUITES : [])]) await step();
  console.log(`Every command works as printed. Screenshot: ${screenshot}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
