import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nanoid } from "nanoid";
import { onTestFinished } from "vitest";
import type { OpenedStore } from "../../../server/store/open-store.ts";
import { openSqliteStore } from "../../../server/store/sqlite.ts";

/** A new, empty embedded store; it is removed after the test. */
export async function embeddedStore(): Promise<OpenedStore> {
  const directory = mkdtempSync(join(tmpdir(), "benchcast-sessions-"));
  const store = await openSqliteStore({ directory, newId: nanoid });
  onTestFinished(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return store;
}
