import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nanoid } from "nanoid";
import { makeBackup } from "./backup/make-backup.ts";
import { restoreBackup } from "./backup/restore.ts";
import { ConfigError, readConfig } from "./config.ts";
import { DATABASE_FILE } from "./store/sqlite.ts";

/** Backups by hand. Settings (DATA_DIR, BACKUP_DIR, BACKUP_KEEP) are those of the hub. */

const HELP = `npm run backup                     copy the hub's database to BACKUP_DIR, also while the hub runs
npm run backup -- --to DIR         the same, to another folder
npm run backup -- --restore FILE   put a backup into DATA_DIR; the hub must not run
    --replace                      put the database that is there aside
npm run backup -- --help           this text

DATA_DIR, BACKUP_DIR and BACKUP_KEEP are read from the environment, as the hub reads them.
With REDIS_URL the results are in Redis: see deploy/README.md.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const words = error instanceof ConfigError ? error.message : `That failed: ${messageOf(error)}`;
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
}

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      to: { type: "string" },
      restore: { type: "string" },
      replace: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const config = readConfig(process.env);
  if (config.REDIS_URL !== undefined)
    throw new Error("this hub keeps its results in Redis (REDIS_URL): see deploy/README.md.");
  return values.restore === undefined
    ? back(config, values.to ?? config.BACKUP_DIR)
    : restore(config, values.restore, values.replace);
}

type Folders = Pick<ReturnType<typeof readConfig>, "DATA_DIR" | "BACKUP_KEEP">;

async function back({ DATA_DIR, BACKUP_KEEP }: Folders, directory: string | undefined): Promise<number> {
  if (directory === undefined) throw new Error("say where: set BACKUP_DIR, or add --to DIR.");
  if (!existsSync(join(DATA_DIR, DATABASE_FILE)))
    throw new Error(`there is no ${DATABASE_FILE} in ${DATA_DIR}. Set DATA_DIR to the hub's data folder.`);
  const made = await makeBackup({ dataDir: DATA_DIR, directory, keep: BACKUP_KEEP, atMs: Date.now() });
  process.stdout.write(`${made.path}: ${made.logs} sessions, ${made.files} files, ${made.bytes} bytes\n`);
  return 0;
}

async function restore({ DATA_DIR }: Folders, file: string, replace: boolean): Promise<number> {
  const done = await restoreBackup({ file, dataDir: DATA_DIR, replace, now: Date.now, newId: nanoid });
  if (done.aside !== null) process.stdout.write(`What was there is now ${done.aside}\n`);
  process.stdout.write(
    `Restored ${done.logs} sessions with ${done.files} files into ${DATA_DIR}. Start the hub: agents send again what came later.\n`,
  );
  return 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
