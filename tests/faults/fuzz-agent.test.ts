import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "../../agent/agent.ts";
import { DEFAULT_EXTENSIONS } from "../../agent/options.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { recordedFolderFiles } from "../support/recorded-folder-files.ts";
import { fasterClock } from "./faster-clock.ts";
import { startHostileHub } from "./hostile-hub.ts";
import { scenario, shortOrLong } from "./scenario.ts";

const FUZZ_MS = shortOrLong(20_000, 600_000);
const FILES = 20;
/** The agent's clock runs so much faster, or it would spend the time waiting to be connected again. */
const FASTER = 40;
/** Code is compiled, caches fill: what comes after this must not grow. */
const WARM_MS = FUZZ_MS / 4;
/** Of everything alive in this process: the agent, and the hostile hub with what it remembers. */
const MOST_GROWTH_MIB = 30;
/** Stands in everything that the agent must not open. */
const SECRET = "payroll-of-the-whole-institute";

test(
  "[R10] [I10] a hostile hub gets nothing but what was offered, and the agent outlives it",
  { timeout: 1_200_000 },
  () =>
    scenario("malformed messages to the agent", async (random) => {
      const { folder, temptations } = await trap();
      const hub = await startHostileHub(random, temptations, SECRET);
      onTestFinished(() => hub.close());
      const files = recordedFolderFiles();
      const configFolder = await temporaryFolder();
      const agent = startAgent({ hubUrl: hub.url, folder, configFolder, files, clock: fasterClock(FASTER) });
      onTestFinished(() => agent.stop());
      let ended = false;
      void agent.ended.then(() => {
        ended = true;
      });
      await pause(WARM_MS);
      const warmMib = aliveMib();
      await pause(FUZZ_MS - WARM_MS);
      const endMib = aliveMib();
      const names = await hub.reform("scan_{n}.txt");
      // A hub that has become honest is served as if nothing had been.
      await expect.poll(() => names.size, { timeout: 60_000 }).toBe(FILES);

      const strayed = [...files.opened].filter((path) => !mayOpen(folder, path));
      const outside = [...files.touched].filter((path) => path !== folder && !path.startsWith(`${folder}/`));
      const violations = [
        ...(ended ? ["the agent ended"] : []),
        ...strayed.map((path) => `[I10] opened ${path}`),
        ...outside.map((path) => `[I10] looked outside the folder at ${path}`),
        ...(hub.told ? ["[I10] sent what it must not read"] : []),
        ...(endMib - warmMib <= MOST_GROWTH_MIB ? [] : [`[I11] it grew from ${warmMib} to ${endMib} MiB`]),
      ];
      const counts = {
        written: FILES,
        acked: names.size,
        lost: FILES - names.size,
        duplicated: 0,
        stalenessMs: null,
      };
      const note =
        `${hub.said.toLocaleString("en-US")} messages and answers; nothing but the folder's own files was opened; ` +
        `memory alive ${warmMib} MiB warm, ${endMib} MiB at the end`;
      return { ...counts, violations, rounds: `${FUZZ_MS / 1_000} s`, note };
    }),
);

/** A watched folder with scans in it, and with secrets in, beside and behind it. */
async function trap() {
  const base = await temporaryFolder();
  const folder = join(base, "scans");
  await mkdir(join(folder, "inner"), { recursive: true });
  for (let n = 1; n <= FILES; n++)
    await writeFile(join(folder, `scan_${n}.txt`), simulatedFile(n, { electrodes: 1 }));
  await writeFile(join(base, "beside.txt"), SECRET);
  await writeFile(join(folder, "notes.docx"), SECRET);
  await writeFile(join(folder, ".hidden.txt"), SECRET);
  await writeFile(join(folder, "inner", "deep.txt"), SECRET);
  await symlink(join(base, "beside.txt"), join(folder, "link.txt"));
  await symlink(base, join(folder, "up"));
  const temptations = [
    "../beside.txt",
    join(base, "beside.txt"),
    "notes.docx",
    ".hidden.txt",
    "inner/deep.txt",
    "link.txt",
    "up/beside.txt",
    "scan_1.txt/../../beside.txt",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\Windows\\win.ini",
    "scan_1.txt\u0000.docx",
    "{*}",
    "{*}{n}{*}",
  ];
  return { folder, temptations };
}

/** What is left after the garbage is gone: resident memory says little of a process that shares its test's. */
function aliveMib(): number {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void; // the flag makes it
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1024 ** 2);
}

function mayOpen(folder: string, path: string): boolean {
  const endings: readonly string[] = DEFAULT_EXTENSIONS;
  return dirname(path) === folder && endings.includes(extname(path)) && !path.includes("/.");
}
