import { createHash } from "node:crypto";
import { expect } from "vitest";
import { numberOf, type ReadArchive, type ReadExports } from "./reading.ts";

/** What exports of one run must agree in. */

/** Two programs that add the same numbers in another order differ by less. */
const RELATIVE = 1e-12;

/**
 * The classic layout by column position alone, as scripts around the desktop program read it: headings, and every
 * value as computed from the tidy table.
 */
export function assertClassic(run: string, { classic, "sacmes.txt": read }: ReadExports): void {
  expect(read?.ends_with_line_end, run).toBe(true);
  expect(read?.columns, run).toEqual(classic?.columns);
  expect(read?.rows.length, run).toBe(classic?.rows.length);
  expect(classic?.rows.flat().filter((cell) => cell !== null).length, run).toBeGreaterThan(2);
  const wrong = (classic?.rows ?? []).flatMap((row, at) =>
    row.flatMap((cell, column) => {
      const [is, ought] = [numberOf(read?.rows[at]?.[column]), numberOf(cell)];
      const isSame = Math.abs(is - ought) <= RELATIVE * Math.max(Math.abs(is), Math.abs(ought));
      const areBothNone = Number.isNaN(is) && Number.isNaN(ought);
      return isSame || areBothNone ? [] : [{ column: classic?.columns[column], row: at + 1, is, ought }];
    }),
  );
  expect(wrong, run).toEqual([]);
}

/** Names and contents of the files that were sent, all revisions in their order. */
export type SentFiles = ReadonlyMap<string, readonly Uint8Array[]>;

/** Every file of the log is in the archive byte for byte. */
export function assertRawFiles(
  run: string,
  { broken, names, manifest, sha256 }: ReadArchive,
  log: readonly string[],
  sent: SentFiles,
): void {
  expect(broken, run).toBeNull();
  expect(new Set(names).size, run).toBe(names.length);
  expect(manifest.complete, run).toBe(true);
  expect(
    manifest.raw_files.map(({ name }) => name),
    run,
  ).toEqual(log);
  for (const { name, revision, path, sha256: said } of manifest.raw_files) {
    const content = sent.get(name)?.[revision - 1] ?? new Uint8Array();
    expect(createHash("sha256").update(content).digest("hex"), run).toBe(said);
    expect(sha256[path], run).toBe(said);
    expect(path, run).toMatch(/^(files|superseded)\/[^/]/);
  }
}
