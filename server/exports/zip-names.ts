import { labelProblem } from "../../shared/protocol/file-label.ts";

/**
 * Where a file stands in an archive: below `files/` under its own name, an earlier revision below
 * `superseded/revision-1/`. No path is absolute or climbs, none is one that a system refuses or takes for a device,
 * and no two are the same on a disk that ignores case.
 */
export class ZipNames {
  readonly #taken = new Set<string>();

  pathOf(name: string, revision: number, superseded: boolean): string {
    const folder = superseded ? `superseded/revision-${revision}` : "files";
    const wanted = `${folder}/${safePath(name)}`;
    const path = this.#isFree(wanted) ? wanted : this.#numbered(wanted);
    this.#taken.add(folded(path));
    return path;
  }

  #isFree(path: string): boolean {
    return !this.#taken.has(folded(path));
  }

  #numbered(path: string): string {
    const dot = path.lastIndexOf(".");
    const end = dot > path.lastIndexOf("/") ? dot : path.length;
    for (let number = 2; ; number += 1) {
      const candidate = `${path.slice(0, end)}~${number}${path.slice(end)}`;
      if (this.#isFree(candidate)) return candidate;
    }
  }
}

/** Names of devices on Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/** Every part of a label as something that every system can have as a name. */
export function safePath(label: string): string {
  if (labelProblem(label) !== null) return safePart(label.replace(/[/\\]/g, "_"));
  return label.split(/[/\\]/).map(safePart).join("/");
}

function safePart(part: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what no name may have
  const allowed = part.replace(/[\u0000-\u001f\u007f<>:"|?*/\\]|\p{Surrogate}/gu, "_");
  const shortened = allowed.slice(0, 200).replace(/[. ]+$/, (end) => "_".repeat(end.length));
  return shortened === "" ? "_" : shortened.replace(DEVICE, "$1_");
}

function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
