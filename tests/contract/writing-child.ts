import { randomBytes } from "node:crypto";
import { nanoid } from "nanoid";
import { openStore } from "../../server/store/open-store.ts";
import { file, outcomesOf } from "./stores.ts";

/**
 * A process that writes files for ever and prints `offset name sha256` for each that was acknowledged, to be
 * killed in the middle. Arguments: data directory, log key, Redis URL (or none).
 */
const [directory = "", log = "", redisUrl] = process.argv.slice(2);
const key = log as `${string}/${string}`; // the test passes a key of this form
const WRITERS = 4;

const store = await openStore({ redisUrl, dataDir: directory, newId: nanoid });
await store.createLog(key, "epoch");

async function writeForEver(writer: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const item = file(`${writer}-${n}`, new Uint8Array(randomBytes(20_000)));
    const [outcome] = outcomesOf(await store.append(key, null, [item]));
    process.stdout.write(`${outcome?.offset} ${item.name} ${item.sha256}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForEver(writer)));
