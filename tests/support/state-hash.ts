import { createHash } from "node:crypto";
import { join } from "node:path";
import Database from "libsql";
import { TURNS } from "../../server/operations/retention.ts";
import { DATABASE_FILE } from "../../server/store/sqlite.ts";

/**
 * Everything that a hub with the embedded store keeps, as one hash: what was refused must not have changed it.
 * Every table is read, so that nothing new is forgotten; only whose turn it was to sweep is nobody's data.
 */
export function stateHash(dataDir: string): string {
  const database = new Database(join(dataDir, DATABASE_FILE), { readonly: true });
  try {
    const tables = rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    const hash = createHash("sha256");
    for (const [table] of tables) {
      const texts = rows(database, `SELECT * FROM "${String(table)}"`)
        .filter(([collection]) => table !== "record" || collection !== TURNS)
        .map((row) => JSON.stringify(row));
      hash.update(JSON.stringify([table, texts.sort()]));
    }
    return hash.digest("hex");
  } finally {
    database.close();
  }
}

function rows(database: Database.Database, sql: string): unknown[][] {
  // Raw rows are arrays in the order of the columns.
  return database.prepare(sql).raw().all([]) as unknown[][];
}
