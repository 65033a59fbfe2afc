import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { mergeTables } from "./table.ts";

/**
 * `npm run test:faults -- [--long] [--minutes N] [--table FILE] [--seed N] [NAME …]`: the faults, once each or often.
 * `npm run test:faults -- --merge TABLE …`: tables of several runs as one.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Hundreds of rounds and the fault's full length: an hour or more. */
    long: { type: "boolean", default: false },
    /** Nothing is repeated for longer: the row then says how often it was done. */
    minutes: { type: "string" },
    /** Where the table goes, beside the screen. */
    table: { type: "string" },
    /** Repeats the random moments of a run that printed it. */
    seed: { type: "string" },
    merge: { type: "boolean", default: false },
  },
});

if (values.merge) {
  process.stdout.write(mergeTables(positionals.map((file) => readFileSync(file, "utf8"))));
  process.exit(0);
}

const env = {
  ...process.env,
  ...(values.long ? { FAULTS_LONG: "1" } : {}),
  ...(values.minutes === undefined ? {} : { FAULTS_MINUTES: values.minutes }),
  ...(values.table === undefined ? {} : { FAULTS_TABLE: values.table }),
  ...(values.seed === undefined ? {} : { SEED: values.seed }),
};
const words = ["vitest", "run", "--project", "faults", ...positionals];
const { status } = spawnSync("npx", words, { stdio: "inherit", env });
process.exit(status ?? 1);
