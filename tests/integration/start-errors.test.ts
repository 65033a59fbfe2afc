import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/agent.ts";
import { freePort } from "../support/free-port.ts";

/* What a person reads whose hub or agent does not start: what was found, then what to do; and never silence. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function run(script: string, words: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...words], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const [code] = await once(child, "close");
  return { code, said };
}

async function hubSays(env: Readonly<Record<string, string>>): Promise<string> {
  const DATA_DIR = await temporaryFolder();
  const { code, said } = await run("server/main.ts", [], { HOST: "127.0.0.1", PORT: "0", DATA_DIR, ...env });
  expect(code).toBe(1);
  return said;
}

test("a port that is taken: which, and another one to take", async () => {
  const taken = createServer();
  const port = await freePort();
  await new Promise<void>((listens) => taken.listen(port, "127.0.0.1", listens));
  onTestFinished(() => void taken.close());
  expect(await hubSays({ PORT: String(port) })).toBe(
    `The hub could not start: another program, perhaps another hub, listens on port ${port} of 127.0.0.1. End it, or take another port: PORT=${port + 1}.\n`,
  );
});

test("an address that is not this computer's", async () => {
  expect(await hubSays({ HOST: "192.0.2.1" })).toBe(
    "The hub could not start: HOST=192.0.2.1 is no address of this computer. Use 127.0.0.1 for this computer alone, or 0.0.0.0 to let other machines in.\n",
  );
});

test("a Redis that is not there: where it was looked for, and what to do without one", async () => {
  const port = await freePort();
  const said = await hubSays({ REDIS_URL: `redis://me:s3cret@127.0.0.1:${port}` });
  expect(said).toMatch(
    /^The hub could not start: Redis at redis:\/\/me:\*\*\*@127\.0\.0\.1:\d+: connect ECONNREFUSED .*\. Check that Redis runs there and that REDIS_URL names it, or leave REDIS_URL out to keep everything in a file in DATA_DIR\.\n$/,
  );
});

test.runIf(process.platform === "linux")(
  "a folder where none can be made is refused by hub and agent, and neither tries for ever",
  async () => {
    expect(await hubSays({ DATA_DIR: "/proc/benchcast/data" })).toMatch(
      /^The hub could not start: the data directory \/proc\/benchcast\/data cannot be made \(ENOENT\)\. Set DATA_DIR to a folder that this user may write to\.\n$/,
    );
    const words = ["--hub", "http://127.0.0.1:1", "--watch", ROOT, "--config", "/proc/benchcast/agent"];
    const { code, said } = await run("agent/cli.ts", words, {});
    expect(code).toBe(1);
    expect(said).toBe(
      "The agent's key /proc/benchcast/agent/agent-key cannot be written (ENOENT). Name another folder with --config.\n",
    );
  },
);
