import { open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { makeFolder } from "./make-folder.ts";
import { renderChiLines, renderChiSwv } from "./render-chi-swv.ts";
import { EQUAL_RESPONSE, simulatedScan } from "./simulated-scan.ts";

export { renderChiSwv, simulatedScan };

/** The two frequencies of a sensor that is read by their difference. */
const FREQUENCIES_HZ = [15, 200] as const;
/** An instrument writes while it sweeps. */
const SWEEP_MS = 500;
const WRITE_EVERY_MS = 10;

const HELP = `A potentiostat that is not there: writes square wave scans as a CH Instruments does.

  node --import tsx agent/simulate.ts --into DIR --every 2

  --into DIR       folder to write to; made if it is not there
  --every SECONDS  from one pair of scans to the next (default: 2)
  --files N        stop after so many files (default: never)
  --history N      so many pairs are there at once before it begins (default: 0)
  --electrodes N   (default: 4)
  --scans-per-step N  scans at one concentration, for a titration whose curve is known (default: 25)
  --seed N         the same seed gives the same numbers (default: 1)
`;

/** What the instrument is asked to do. */
interface Plan {
  readonly into: string;
  readonly everyMs: number;
  readonly files: number;
  readonly history: number;
  readonly electrodes: number;
  readonly seed: number;
  /** Null: the usual sensor. */
  readonly scansPerStep: number | null;
}

async function simulate(plan: Plan): Promise<void> {
  makeFolder(plan.into);
  const first = (await lastNumber(plan.into)) + 1;
  for (let number = first; number < first + plan.history; number++) {
    for (const frequency of FREQUENCIES_HZ) {
      const at = new Date(Date.now() - (first + plan.history - number) * plan.everyMs);
      const { path, chi } = scanFile(plan, number, frequency, at);
      await writeFile(path, renderChiSwv(chi));
    }
  }
  let left = plan.files;
  for (let number = first + plan.history; left > 0; number++) {
    const nextAtMs = performance.now() + plan.everyMs;
    for (const frequency of FREQUENCIES_HZ) {
      if (left-- > 0) await writeSlowly(plan, number, frequency);
    }
    await sleep(Math.max(0, nextAtMs - performance.now()));
  }
}

/** Row by row, as the sweep goes. */
async function writeSlowly(plan: Plan, number: number, frequency_hz: number): Promise<void> {
  const { path, chi } = scanFile(plan, number, frequency_hz, new Date());
  const lines = renderChiLines(chi).map((line) => `${line}\r\n`);
  const perWrite = Math.ceil(lines.length / (SWEEP_MS / WRITE_EVERY_MS));
  const file = await open(path, "w");
  try {
    for (let at = 0; at < lines.length; at += perWrite) {
      await file.write(lines.slice(at, at + perWrite).join(""));
      await sleep(WRITE_EVERY_MS);
    }
  } finally {
    await file.close();
  }
}

function scanFile(
  { into, electrodes, seed, scansPerStep }: Plan,
  number: number,
  frequency_hz: number,
  startedAt: Date,
) {
  const name = `EAB_${frequency_hz}Hz_${number}.txt`;
  const titration = scansPerStep === null ? {} : { scansPerStep, response: EQUAL_RESPONSE };
  const scan = simulatedScan({ number, frequency_hz, electrodes, seed, ...titration });
  return { path: join(into, name), chi: { scan, startedAt, fileName: `c:\\chi\\${name.toLowerCase()}` } };
}

/** A second start goes on where the first ended. */
async function lastNumber(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) =>
    Number(/^EAB_\d+Hz_(\d+)\.txt$/.exec(name)?.[1] ?? 0),
  );
  return Math.max(0, ...numbers);
}

function readPlan(args: readonly string[]): Plan | string {
  const text = { type: "string" } as const;
  const options = {
    into: text,
    every: text,
    files: text,
    history: text,
    electrodes: text,
    seed: text,
    "scans-per-step": text,
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help === true || values.into === undefined) return HELP;
    const number = (name: Exclude<keyof typeof options, "into" | "help">, fallback: number) => {
      const value = Number(values[name] ?? fallback);
      if (Number.isNaN(value) || value < 0)
        throw new Error(`--${name} takes a number, not “${values[name]}”.`);
      return value;
    };
    const counts = { files: number("files", Number.POSITIVE_INFINITY), history: number("history", 0) };
    return {
      into: values.into,
      everyMs: 1_000 * number("every", 2),
      electrodes: number("electrodes", 4),
      seed: number("seed", 1),
      scansPerStep: values["scans-per-step"] === undefined ? null : number("scans-per-step", 25),
      ...counts,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${HELP}`;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const plan = readPlan(process.argv.slice(2));
  if (typeof plan === "string") {
    const asked = process.argv.includes("--help");
    (asked ? process.stdout : process.stderr).write(plan);
    process.exit(asked ? 0 : 2);
  }
  await simulate(plan);
}
