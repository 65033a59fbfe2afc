import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nanoid } from "nanoid";
import { buildHub } from "./app.ts";
import { readHubCommand } from "./command-line.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { explainStart } from "./start-errors.ts";
import { openStore } from "./store/open-store.ts";
import { makeDirectory } from "./store/sqlite-schema.ts";

/** One hub process: settings from the environment, one port, SIGTERM and SIGINT end it gracefully. */

const dist = fileURLToPath(new URL("../dist", import.meta.url));

let config: Config | null = null;
try {
  const command = readHubCommand(process.argv.slice(2));
  if (command.kind === "run") await run();
  else if (command.kind === "print") process.stdout.write(`${command.text}\n`);
  else {
    process.stderr.write(`${command.message}\n`);
    process.exitCode = 2;
  }
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : explainStart(error, config)}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  config = readConfig(process.env);
  makeDirectory(config.DATA_DIR);
  const store = await openStore({
    redisUrl: config.REDIS_URL,
    dataDir: config.DATA_DIR,
    rawBudgetMb: config.RAW_BUDGET_MB,
    newId: nanoid,
  });
  const { app, hub } = await buildHub({
    // A hub among others is a new one at each start: its sisters end what an earlier life left behind.
    ...(config.REDIS_URL === undefined ? { hubId: readHubId(config.DATA_DIR) } : {}),
    config,
    store,
    warnings: store.warnings,
    dist,
    now: Date.now,
    newId: nanoid,
    ended: () => process.exit(0),
    hangs: () => process.exit(1),
  });
  for (const warning of store.warnings) hub.log.warn({ warning }, "store warning");
  const address = await app.listen({ host: config.HOST, port: config.PORT });
  hub.log.info(
    { address, storage: config.REDIS_URL ? "redis" : "file", url: config.PUBLIC_URL ?? address },
    "hub ready",
  );
  // The log is for machines; at a terminal somebody wants to know where to go.
  if (process.stdout.isTTY) process.stdout.write(`\nOpen ${config.PUBLIC_URL ?? address} in a browser.\n\n`);
  let ending = false;
  const end = (signal: string) => {
    if (ending) process.exit(1);
    ending = true;
    void hub.leave(signal);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

/** Made once and kept with the data: by it a hub knows the work that it left behind when killed. */
function readHubId(directory: string): string {
  const file = join(directory, "hub-id");
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    const id = nanoid();
    writeFileSync(file, `${id}\n`, { mode: 0o600 });
    return id;
  }
}
