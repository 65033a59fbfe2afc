import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import {
  backupName,
  listBackups,
  pruneBackups,
  removeAbandoned,
} from "../../../server/backup/backup-files.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "benchcast-backups-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});
const put = (name: string) => writeFileSync(join(directory, name), "");
const T = Date.UTC(2026, 10, 22, 4, 9, 8, 7);

test("a backup's name says when it was begun, and files of other names are left alone", () => {
  expect(backupName(T)).toBe("benchcast-20261122T040908007Z.db");
  for (const at of [T, T + 60_000, T - 60_000]) put(backupName(at));
  for (const name of ["benchcast.db", "benchcast-20269922T040908007Z.db", "notes.txt"]) put(name);
  expect(listBackups(directory).map(({ made_at_ms }) => made_at_ms)).toEqual([T + 60_000, T, T - 60_000]);
  pruneBackups(directory, 1);
  expect(readdirSync(directory).sort()).toEqual([
    backupName(T + 60_000),
    "benchcast-20269922T040908007Z.db",
    "benchcast.db",
    "notes.txt",
  ]);
});

test("what a broken backup left is removed once it has not grown for an hour; one under way is not", () => {
  const [old, growing] = [`${backupName(T)}.part`, `${backupName(T + 1)}.part`];
  for (const name of [old, growing, "mine.part"]) put(name);
  utimesSync(join(directory, old), T / 1_000, T / 1_000);
  utimesSync(join(directory, growing), T / 1_000 + 3_000, T / 1_000 + 3_000);
  removeAbandoned(directory, T + 3_601_000);
  expect(readdirSync(directory).sort()).toEqual([growing, "mine.part"].sort());
});
