import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `npm run bench`: what can be measured. `npm run bench -- NAME [its arguments]`: measures it, small by default. */

interface Bench {
  readonly says: string;
  /** Its arguments where none are given: a minute at most on a machine that has nothing else to do. */
  readonly small: readonly string[];
  readonly node?: readonly string[];
}

const BENCHES: Readonly<Record<string, Bench>> = {
  "catch-up": {
    says: "live files beside old ones, and estimates [agents, files of each]",
    small: ["20", "200"],
  },
  reanalysis: { says: "live files beside a re-analysis [files]", small: ["2000"] },
  "open-log": { says: "opening a long session [entries, file | redis]", small: ["5000"] },
  exports: {
    says: "every export format [entries, electrodes, reference | -, format]",
    small: ["5000", "2"],
    node: ["--expose-gc"],
  },
  "many-hubs": { says: "from one hub to another", small: [] },
  trends: {
    says: "one more file on the screen of a long session [files, electrodes]",
    small: ["2000", "20"],
  },
  "group-names": { says: "grouping a folder's names [names]", small: ["10000"] },
};

const [name = "", ...given] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  const width = Math.max(...Object.keys(BENCHES).map(({ length }) => length));
  for (const [each, { says, small }] of Object.entries(BENCHES))
    process.stdout.write(`${each.padEnd(width)}  ${says}: ${small.join(" ") || "no arguments"}\n`);
  process.exit(name === "" ? 0 : 1);
}
const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
const args = [...(bench.node ?? []), "--import", "tsx", file, ...(given.length > 0 ? given : bench.small)];
process.exit(spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1);
