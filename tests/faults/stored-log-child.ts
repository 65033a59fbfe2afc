import { nanoid } from "nanoid";
import { openStore } from "../../server/store/open-store.ts";
import type { LogKey } from "../../server/store/port.ts";
import { readStoredLog } from "./stored-log.ts";

/** Prints logs of an embedded store as one line of JSON. Arguments: its folder, the keys of the logs. */
const [dataDir = "", ...keys] = process.argv.slice(2);
const store = await openStore({ redisUrl: undefined, dataDir, newId: nanoid });
const logs = [];
for (const key of keys) logs.push(await readStoredLog(store, key as LogKey)); // its parent knows them from the hub
await store.close();
process.stdout.write(`${JSON.stringify(logs)}\n`);
