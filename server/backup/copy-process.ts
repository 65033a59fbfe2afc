import { chmodSync } from "node:fs";
import { checkCopy, copyDatabase } from "../store/sqlite-copy.ts";

/** A process of its own: copies one database to another place and says what is in the copy. See make-backup.ts. */

const [source = "", target = ""] = process.argv.slice(2);
try {
  copyDatabase(source, target);
  // It holds what its owner's eyes alone should see: User IDs and secrets.
  chmodSync(target, 0o600);
  process.stdout.write(JSON.stringify(checkCopy(target)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
