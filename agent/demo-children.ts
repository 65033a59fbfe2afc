import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** After this a child that was asked to end is ended. */
const GRACE_MS = 1_500;
const LAST_WORDS = 2_000;

/** A child has ended while it was needed. */
export class ChildDied extends Error {
  override readonly name = "ChildDied";
}

/** The demo's processes. They are other programs: the demo imports none of them. */
export class DemoChildren {
  readonly #running = new Map<ChildProcess, string>();
  readonly #died: (error: ChildDied) => void;
  #ending = false;

  /** @param died called when a child ends that was not asked to */
  constructor(died: (error: ChildDied) => void) {
    this.#died = died;
  }

  /** Starts one of this repository's programs and keeps its last words in case it dies. */
  start(
    name: string,
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): void {
    const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let words = "";
    const listen = (chunk: Buffer) => {
      words = (words + chunk.toString("utf8")).slice(-LAST_WORDS);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    this.#running.set(child, name);
    child.on("error", (error) =>
      this.#died(new ChildDied(`The ${name} could not be started: ${error.message}`)),
    );
    child.on("close", (code, signal) => {
      this.#running.delete(child);
      if (!this.#ending)
        this.#died(
          new ChildDied(`The ${name} ended by itself (${signal ?? code}). Its last words:\n${words.trim()}`),
        );
    });
  }

  /** Runs one of this repository's programs to its end. @returns what it wrote */
  async run(script: string, args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new ChildDied(`${script} ${args[0]} failed (${code}).`);
    return output.trim();
  }

  /** Ends every child, gently first, within 2 s. */
  async end(): Promise<void> {
    this.#ending = true;
    const children = [...this.#running.keys()];
    const ended = Promise.all(
      children.map((child) => new Promise((resolve) => child.once("close", resolve))),
    );
    for (const child of children) child.kill("SIGTERM");
    const timer = setTimeout(() => this.kill(), GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  /** At once, without waiting: the last resort when this process itself ends. */
  kill(): void {
    for (const child of this.#running.keys()) child.kill("SIGKILL");
  }
}
