import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Real instrument files and reference numbers lie beside a full checkout; a lone clone does not have them. */
const ROOT = fileURLToPath(new URL("../../../shared/", import.meta.url));
const present = existsSync(join(ROOT, "data"));

if (!present && process.env.CI === "true") {
  throw new Error(`The real instrument files are missing: ${ROOT}data. Under CI they must be there.`);
}

/**
 * True where the real instrument files can be read. Use as `describe.runIf(hasRealData())`; the name of the
 * skipped case then says in the report what did not run. Under CI a missing folder has already thrown.
 */
export function hasRealData(): boolean {
  return present;
}

/** Absolute path of a real file or folder, given relative to the data folder (`chi-dpv/DPV-2-Trp-0min.txt`). */
export function realDataPath(name: string): string {
  return join(ROOT, "data", name);
}

/** Bytes of one real instrument file, unpooled so that typed views and transfers are safe. */
export function readRealFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(realDataPath(name)));
}

/** Every real file below a folder (or all), as paths relative to the data folder with `/`, sorted. */
export function listRealFiles(folder = ""): string[] {
  const walk = (path: string): string[] =>
    readdirSync(path).flatMap((name) => {
      const full = join(path, name);
      return statSync(full).isDirectory() ? walk(full) : [full];
    });
  return walk(realDataPath(folder))
    .map((full) => relative(join(ROOT, "data"), full).split(sep).join("/"))
    .sort();
}

/** One reference table, computed independently of this code (`swv-hull.json`). */
export function readReference(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, "reference", name), "utf8"));
}
