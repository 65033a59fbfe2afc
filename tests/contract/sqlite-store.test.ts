import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { nanoid } from "nanoid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bindable, Statement } from "../../server/store/bind.ts";
import { Checkpoints } from "../../server/store/checkpoints.ts";
import { GroupCommit } from "../../server/store/group-commit.ts";
import type { OpenedStore } from "../../server/store/open-store.ts";
import type { LogKey } from "../../server/store/port.ts";
import { openSqliteStore } from "../../server/store/sqlite.ts";
import { SqliteHealth } from "../../server/store/sqlite-health.ts";
import { closeDatabase, openDatabase } from "../../server/store/sqlite-schema.ts";
import { file, newDirectory, outcomesOf } from "./stores.ts";

const LOG: LogKey = "user/session";

describe("SQLite file", () => {
  let directory: string;
  let opened: OpenedStore[];
  const open = async (at = directory) => {
    const store = await openSqliteStore({ directory: at, newId: nanoid });
    opened.push(store);
    return store;
  };
  beforeEach(() => {
    directory = newDirectory();
    opened = [];
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("makes its directory for its owner alone", async () => {
    const inner = join(directory, "data", "hub");
    await open(inner);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
    expect(statSync(join(inner, "benchcast.db")).isFile()).toBe(true);
  });

  it("refuses a second hub on one directory, naming the first", async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(`another hub (pid ${process.pid} on`);
    // The refused one took nothing away.
    await first.createLog(LOG, "e");
    await expect(open()).rejects.toThrow(`uses ${directory}`);
    await first.close();
    await open();
  });

  it("refuses a second hub in another process", { timeout: 120_000 }, async () => {
    await open();
    const child = spawnSync(process.execPath, ["--import", "tsx", childScript(), directory, "u/s"], {
      encoding: "utf8",
    });
    expect(child.status).not.toBe(0);
    expect(child.stderr).toContain(`another hub (pid ${process.pid} on`);
  });

  it("refuses a file that is no database, or of another version, and says which", async () => {
    await (await open()).close();
    const other = new Database(join(directory, "benchcast.db"));
    other.exec("PRAGMA user_version = 99");
    other.close();
    await expect(open()).rejects.toThrow(/benchcast\.db cannot be opened: .*version 99/);
    rmSync(join(directory, "benchcast.db-wal"), { force: true });
    writeFileSync(join(directory, "benchcast.db"), "this is text ".repeat(1000));
    await expect(open()).rejects.toThrow(/benchcast\.db cannot be opened/);
    rmSync(join(directory, "benchcast.db"));
    await open();
  });

  it("can be copied while the hub writes", async () => {
    const store = await open();
    await store.createLog(LOG, "e");
    await store.append(LOG, null, [file("a", "A")]);
    const reader = new Database(join(directory, "benchcast.db"));
    const writing = store.append(LOG, null, [file("b", "B")]);
    reader.exec(`VACUUM INTO '${join(directory, "copy.db")}'`);
    expect(outcomesOf(await writing)).toMatchObject([{ kind: "stored", offset: 1 }]);
    reader.close();
    const copy = new Database(join(directory, "copy.db"));
    expect(new Statement<[number]>(copy, "SELECT head FROM file_log").first()).toEqual([1]);
    copy.close();
  });

  it("is whole in its one file once closed", async () => {
    const store = await open();
    await store.createLog(LOG, "e");
    await store.append(LOG, null, [file("a", "A")]);
    await store.close();
    const moved = join(directory, "moved");
    mkdirSync(moved);
    copyFileSync(join(directory, "benchcast.db"), join(moved, "benchcast.db"));
    expect(await (await open(moved)).heads([LOG])).toEqual([{ epoch: "e", head: 1 }]);
  });

  it("gives back the space of a deleted log, also one that a crash left behind", async () => {
    const store = await open();
    await store.createLog(LOG, "e");
    await store.createLog("user/kept", "e");
    await store.append(
      LOG,
      null,
      Array.from({ length: 600 }, (_, n) => file(`f${n}`, `${n}`)),
    );
    await store.append("user/kept", null, [file("f", "0")]);
    await store.deleteLog(LOG);
    // Closed before the sweep could end: the next hub goes on with it.
    await store.close();
    await open();
    const reader = new Database(join(directory, "benchcast.db"));
    const count = (table: string) =>
      new Statement<[number]>(reader, `SELECT count(*) FROM ${table}`).first()?.[0];
    const tables = ["log_row", "log_result", "raw_scan", "raw_part", "file_log", "raw_log"];
    await vi.waitFor(() => expect(tables.map(count)).toEqual([1, 1, 1, 1, 1, 1]), { timeout: 5000 });
    reader.close();
  });

  it("has nothing to warn of", async () => {
    expect((await open()).warnings).toEqual([]);
  });
});

describe("values for libsql", () => {
  it("passes number, bigint, string, Buffer and null", () => {
    const values = [1.5, 2n, "é", Buffer.from([0, 255]), null];
    expect(bindable(values)).toEqual(values);
  });

  it.each([
    [true, "boolean"],
    [undefined, "undefined"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [new Uint8Array(2), "Uint8Array"],
    [new Float64Array(2), "Float64Array"],
    [new ArrayBuffer(2), "ArrayBuffer"],
    [{}, "Object"],
    [[1], "Array"],
    [Symbol("s"), "symbol"],
    [() => 1, "function"],
    ["a\0b", "NUL"],
    ["\ud800", "surrogate"],
  ])("refuses %s with a TypeError before libsql sees it", (value, named) => {
    expect(() => bindable([1, value])).toThrow(TypeError);
    expect(() => bindable([1, value])).toThrow(named);
  });

  // Why `bindable` exists. When this fails, libsql has learnt to throw and bind.ts may become simpler.
  it("would end the process otherwise", () => {
    const script = `import Database from "libsql";
      const database = new Database(":memory:");
      try { database.prepare("SELECT ?").get([true]); } catch {}`;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: import.meta.dirname,
    });
    expect(child.signal).toBe("SIGABRT");
  });
});

describe("group commit", () => {
  it("keeps a failing change from harming the others of its turn", async () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT");
    const commits = new GroupCommit(database, new SqliteHealth(database, "memory"), { wrote: () => {} });
    const add = new Statement(database, "INSERT INTO t VALUES (?)");
    const outcomes = await Promise.allSettled([
      commits.run(0, () => add.run(1)),
      commits.run(0, () => {
        add.run(2);
        add.run(1);
      }),
      commits.run(0, () => add.run(3)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(new Statement<[number]>(database, "SELECT n FROM t").all()).toEqual([[1], [3]]);
    database.close();
  });
});

describe("checkpoints", () => {
  it("come from a thread: commits leave the WAL alone, and the database file has it all the same", async () => {
    const directory = newDirectory();
    const database = openDatabase(directory, "thread.db");
    database.exec("CREATE TABLE t (bytes BLOB) STRICT");
    const checkpoints = new Checkpoints(database, join(directory, "thread.db"));
    const commits = new GroupCommit(database, new SqliteHealth(database, directory), checkpoints);
    const add = new Statement(database, "INSERT INTO t VALUES (?)");
    const bytes = Buffer.alloc(1024 * 1024, 7);
    for (let n = 0; n < 5; n += 1) await commits.run(bytes.length, () => add.run(bytes));
    // 5 MB are less than what a commit would copy.
    await vi.waitFor(
      () => expect(statSync(join(directory, "thread.db")).size).toBeGreaterThan(4 * bytes.length),
      { timeout: 15_000 },
    );
    for (let n = 0; n < 5; n += 1) await commits.run(bytes.length, () => add.run(bytes));
    await checkpoints.close();
    commits.close();
    expect(new Statement<[number]>(database, "SELECT count(*) FROM t").first()).toEqual([10]);
    closeDatabase(database);
    expect(statSync(join(directory, "thread.db")).size).toBeGreaterThan(10 * bytes.length);
    rmSync(directory, { recursive: true });
  });

  it("are SQLite's own again where no thread can work", async () => {
    const directory = newDirectory();
    const database = openDatabase(directory, "alone.db");
    const checkpoints = new Checkpoints(database, join(directory, "nowhere", "alone.db"));
    checkpoints.wrote(Number.MAX_SAFE_INTEGER);
    const pages = new Statement<[number]>(database, "PRAGMA wal_autocheckpoint");
    await vi.waitFor(() => expect(pages.first()).toEqual([1_000]), { timeout: 15_000 });
    await checkpoints.close();
    closeDatabase(database);
    rmSync(directory, { recursive: true });
  });
});

describe("full disk", () => {
  const megabyte = (n: number) => file(`f${n}`, new Uint8Array(1_000_000).fill(n));
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it("refuses, says why, loses nothing acknowledged, and works again when there is room", async ({
    skip,
  }) => {
    const path = newDirectory();
    closing.push(() => rmSync(path, { recursive: true, force: true }));
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", path]).status === 0;
    skip(!mounted, "this machine does not let tests mount a small file system");
    closing.push(() => spawnSync("umount", ["-l", path]));
    const store = await openSqliteStore({ directory: path, newId: nanoid });
    closing.push(() => store.close());
    await store.createLog(LOG, "e");

    const ballast = join(path, "ballast");
    writeFileSync(ballast, Buffer.alloc(4_000_000));
    const stored: number[] = [];
    const fill = async () => {
      for (let n = 0; n < 20; n += 1) {
        await store.append(LOG, null, [megabyte(n)]);
        stored.push(n);
      }
    };
    const refused = { name: "StoreFull", message: expect.stringContaining("the disk is full") };
    await expect(fill()).rejects.toMatchObject(refused);
    expect(store.problem()).toBe(`${path}: the disk is full (SQLITE_FULL)`);
    // One large file of a turn is refused, the small one beside it is not.
    const [large, small] = await Promise.allSettled([
      store.append(LOG, null, [megabyte(99)]),
      store.append(LOG, null, [file("small", "A")]),
    ]);
    expect(large).toMatchObject({ status: "rejected", reason: refused });
    expect(small).toMatchObject({ status: "fulfilled" });
    const names = [...stored.map((n) => `f${n}`), "small"];
    const page = await store.readLog(LOG, { since: 0, limit: 99, version: 1 });
    expect(page?.rows.map(({ name }) => name)).toEqual(names);

    rmSync(ballast);
    // By itself: nobody writes meanwhile.
    await vi.waitFor(() => expect(store.problem()).toBeNull(), { timeout: 5000 });
    const [outcome] = outcomesOf(await store.append(LOG, null, [megabyte(99)]));
    expect(outcome).toMatchObject({ kind: "stored", offset: names.length });
    for (const n of stored) expect((await store.readRaw(LOG, n))?.every((byte) => byte === n)).toBe(true);
  });
});

function childScript(): string {
  return join(import.meta.dirname, "writing-child.ts");
}
