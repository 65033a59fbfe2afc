import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/agent.ts";
import { closeBrowser, openWindow } from "./window.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Four processes start one after the other: on a busy machine that takes its time. */
const PATIENCE_MS = 90_000;

afterAll(closeBrowser);

/** `npm run demo -- titration` as a person types it, in a process group of its own as in a terminal. */
interface Demo {
  /** The link that it prints. */
  readonly link: string;
  readonly output: readonly string[];
  /** Every process that it has started, its own included. */
  processes(): number[];
  /** Ctrl-C: the terminal tells the whole group. Resolves when the command is gone. */
  interrupt(): Promise<void>;
}

async function startTitration(temporary: string): Promise<Demo> {
  const { PORT: _, ...environment } = process.env;
  const child = spawn("npm", ["run", "demo", "--", "titration"], {
    cwd: ROOT,
    env: { ...environment, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let isGone = false;
  const gone = once(child, "close").then(() => {
    isGone = true;
  });
  const toGroup = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && !isGone) process.kill(-child.pid, signal);
  };
  onTestFinished(() => toGroup("SIGKILL"));
  const output: string[] = [];
  return {
    link: await printedLink(child, output),
    output,
    processes: () => descendants(child.pid ?? 0),
    interrupt: async () => {
      toGroup("SIGINT");
      await gone;
    },
  };
}

/** Resolves with the link; rejects with all that was said when the command ends before. */
function printedLink(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        output.push(line);
        const [link] = /http:\/\/localhost:\d+\/#\S+/.exec(line) ?? [];
        if (link !== undefined) resolve(link);
      });
    }
    child.once("close", (code) => reject(new Error(`The demo ended with ${code}:\n${output.join("\n")}`)));
  });
}

/** The process and all below it. */
function descendants(root: number): number[] {
  const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = listed.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return [root, ...below(root)];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("npm run demo -- titration: the printed link shows an injection and goes on; Ctrl-C leaves nothing behind", async () => {
  const temporary = await temporaryFolder();
  const demo = await startTitration(temporary);
  const ownFolders = () => readdirSync(temporary).filter((name) => name.startsWith("benchcast-"));
  expect(ownFolders()).toHaveLength(1);

  const { page } = await openWindow();
  await page.goto(demo.link);
  const plot = page.getByTestId("trend-plot");
  await page.getByTestId("mark-label").filter({ hasText: "µM" }).first().waitFor({ timeout: PATIENCE_MS });
  const shown = async () => Number(await plot.getAttribute("data-next"));
  const before = await shown();
  await expect.poll(shown, { timeout: PATIENCE_MS }).toBeGreaterThan(before);

  const processes = demo.processes();
  // The command, what it runs, and three programs.
  expect(processes.length).toBeGreaterThanOrEqual(5);
  await demo.interrupt();
  await expect.poll(() => processes.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  expect(ownFolders()).toEqual([]);
  expect(demo.output.join("\n")).not.toMatch(/ended by itself|failed|Error/);
}, 180_000);
