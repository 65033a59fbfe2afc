import { execFileSync } from "node:child_process";
import {
  appendFile,
  mkdir,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFolderFiles } from "../../../agent/node-folder-files.ts";
import { lines, PSTRACE } from "../formats/format-sample.ts";
import { chiText, temporaryFolder, watchFolder } from "./watched-folder.ts";

const posix = process.platform !== "win32";
const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);

describe("a finished file", () => {
  it("[F1] is finished at once when its content proves its end", async () => {
    const bench = await watchFolder();
    await bench.pass(0);
    await writeFile(join(bench.folder, "a.txt"), chiText());
    bench.hint("a.txt");
    await bench.pass(0);
    expect(bench.finished).toMatchObject([{ name: "a.txt", size: chiText().length, fresh: true }]);
  });

  it("[F2] of an unknown format is finished when it was quiet for 100 ms", async () => {
    const bench = await watchFolder();
    await bench.pass(0);
    await writeFile(join(bench.folder, "a.txt"), "1, 2");
    bench.hint("a.txt");
    await bench.pass(99);
    expect(bench.finished).toEqual([]);
    expect(bench.standing("a.txt")).toBe("waiting");
    await bench.pass(1);
    expect(names(bench.finished)).toEqual(["a.txt"]);
  });

  it("[F2] of a format that never tells its end is finished when it was quiet for a second", async () => {
    const bench = await watchFolder();
    await bench.pass(0);
    await writeFile(join(bench.folder, "a.csv"), lines(PSTRACE));
    bench.hint("a.csv");
    await bench.pass(999);
    expect(bench.finished).toEqual([]);
    await bench.pass(1);
    expect(names(bench.finished)).toEqual(["a.csv"]);
  });

  it("[F2] is finished at the first look when it has been quiet for long already", async () => {
    const folder = await temporaryFolder();
    const contents = {
      "a.csv": lines(PSTRACE),
      "aborted.txt": chiText().slice(0, -200),
      "notes.txt": "1, 2",
    };
    const lastYear = new Date(Date.now() - 365 * 24 * 3_600_000);
    for (const [name, content] of Object.entries(contents)) {
      await writeFile(join(folder, name), content);
      await utimes(join(folder, name), lastYear, lastYear);
    }
    const bench = await watchFolder({ folder });
    await bench.pass(0);
    expect(names(bench.finished).sort()).toEqual(Object.keys(contents).sort());
  });

  it("[F3] of a known format that has not reached its end is not sent cut", async () => {
    const bench = await watchFolder();
    const rows = chiText().split("\r\n");
    const path = join(bench.folder, "a.txt");
    await writeFile(path, rows.slice(0, 40).join("\r\n"));
    for (let row = 40; row < rows.length; row++) {
      await bench.pass(3_000);
      await appendFile(path, `\r\n${rows[row]}`);
    }
    await bench.pass(3_000);
    expect(bench.finished).toMatchObject([{ name: "a.txt", size: chiText().length }]);
  });

  it("[F3] arrives even when the run was aborted", async () => {
    const bench = await watchFolder();
    await writeFile(join(bench.folder, "a.txt"), chiText().slice(0, -200));
    await bench.pass(9_900);
    expect(bench.finished).toEqual([]);
    await bench.pass(200);
    expect(names(bench.finished)).toEqual(["a.txt"]);
  });

  it("[F4] that grows with pauses is given three times its longest pause", async () => {
    const bench = await watchFolder();
    const path = join(bench.folder, "a.txt");
    await bench.pass(0);
    await writeFile(path, "1\n");
    for (const row of ["2\n", "3\n", "4\n"]) {
      bench.hint("a.txt");
      await bench.pass(80);
      await appendFile(path, row);
    }
    bench.hint("a.txt");
    await bench.pass(230);
    expect(bench.finished).toEqual([]);
    await bench.pass(20);
    expect(bench.finished).toMatchObject([{ size: 8 }]);
  });

  it("[F5] is not an empty one: that waits until it has content", async () => {
    const bench = await watchFolder();
    await writeFile(join(bench.folder, "a.txt"), "");
    await bench.pass(60_000);
    expect(bench.standing("a.txt")).toBe("waiting");
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(2_000);
    expect(names(bench.finished)).toEqual(["a.txt"]);
  });

  it("[F5] is read again and again, ever more slowly, while another program holds it", async () => {
    const tries: number[] = [];
    let held = true;
    const bench = await watchFolder({
      files: {
        open: async (path) => {
          tries.push(bench.clock.monotonicMs());
          if (held) throw Object.assign(new Error("busy"), { code: "EBUSY" });
          return nodeFolderFiles.open(path);
        },
      },
    });
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(60_000);
    expect(bench.standing("a.txt")).toBe("unreadable");
    const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(pauses.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    held = false;
    await bench.pass(5_000);
    expect(names(bench.finished)).toEqual(["a.txt"]);
  });

  it("[F6] that changes later is announced again; one that is only touched is not", async () => {
    const bench = await watchFolder();
    const path = join(bench.folder, "a.txt");
    await writeFile(path, chiText(1));
    await bench.pass(2_000);
    await utimes(path, new Date(), new Date(2001, 0, 1));
    await bench.pass(2_000);
    await writeFile(path, chiText(2));
    await bench.pass(2_000);
    await writeFile(path, chiText(1));
    await bench.pass(2_000);
    const [first, second, third] = bench.finished.map(({ sha256 }) => sha256);
    expect(bench.finished).toHaveLength(3);
    expect(third).toBe(first);
    expect(second).not.toBe(first);
  });

  it("[F6] is found when it was rewritten with the same size and its old time", async () => {
    const bench = await watchFolder();
    const path = join(bench.folder, "a.txt");
    const then = new Date(2020, 0, 1);
    await writeFile(path, chiText(1));
    await utimes(path, then, then);
    await bench.pass(6_000);
    await writeFile(path, chiText(1).replace("e-8", "e-7"));
    await utimes(path, then, then);
    await bench.pass(2_000);
    expect(bench.finished).toHaveLength(2);
  });

  it("[F7] is read once more when it was read within the clock's grain of its last change", async () => {
    let reads = 0;
    const bench = await watchFolder({
      files: {
        open: (path) => {
          reads += 1;
          return nodeFolderFiles.open(path);
        },
      },
    });
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(0);
    expect(reads).toBe(1);
    expect(bench.hashes.entries.size).toBe(0);
    await bench.pass(60_000);
    expect(reads).toBe(2);
    expect(bench.hashes.entries.size).toBe(1);
    expect(bench.finished).toHaveLength(1);
  });

  it("is announced again after a recheck, even when it is the same", async () => {
    const bench = await watchFolder();
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(6_000);
    bench.scan.recheck("a.txt");
    await bench.pass(100);
    expect(bench.finished).toHaveLength(2);
  });

  it("is not read again after a restart", async () => {
    const first = await watchFolder();
    for (let index = 0; index < 20; index++)
      await writeFile(join(first.folder, `a_${index}.txt`), chiText(index));
    await first.pass(10_000);
    await first.scan.stop();
    let reads = 0;
    const open = (path: string) => {
      reads += 1;
      return nodeFolderFiles.open(path);
    };
    const second = await watchFolder({ folder: first.folder, hashes: first.hashes, files: { open } });
    await second.pass(10_000);
    expect(second.finished.map(({ sha256 }) => sha256).sort()).toEqual(
      first.finished.map(({ sha256 }) => sha256).sort(),
    );
    expect(reads).toBe(0);
  });
});

describe("the watched folder", () => {
  it("gives what it held already as not fresh, in natural order", async () => {
    const folder = await temporaryFolder();
    for (const number of [10, 9, 1]) await writeFile(join(folder, `swv_${number}.txt`), chiText(number));
    const bench = await watchFolder({ folder });
    await bench.pass(0);
    expect(bench.finished.map(({ fresh }) => fresh)).toEqual([false, false, false]);
    expect(names(bench.scan.list())).toEqual(["swv_1.txt", "swv_9.txt", "swv_10.txt"]);
  });

  it("finds new files without any hint, every 2 s", async () => {
    const bench = await watchFolder();
    await bench.pass(100);
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(1_800);
    expect(bench.finished).toEqual([]);
    await bench.pass(200);
    expect(names(bench.finished)).toEqual(["a.txt"]);
  });

  it("goes on without hints, and says so, when the system refuses them", async () => {
    let refuse = true;
    const watch = () => {
      if (refuse) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      return () => {};
    };
    const bench = await watchFolder({ files: { watch } });
    await bench.pass(0);
    expect(bench.scan.hintsRefused).toBe("ENOSPC");
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(2_000);
    expect(names(bench.finished)).toEqual(["a.txt"]);
    refuse = false;
    await bench.pass(2_000);
    expect(bench.scan.hintsRefused).toBeNull();
  });

  it("looks soon when a hint names nothing", async () => {
    const bench = await watchFolder();
    await bench.pass(100);
    await writeFile(join(bench.folder, "a.txt"), chiText());
    bench.hint(null);
    await bench.pass(50);
    expect(names(bench.finished)).toEqual(["a.txt"]);
  });

  it("leaves alone what is no measurement file, and counts it by reason", async () => {
    const bench = await watchFolder();
    for (const name of ["a.exe", "~$b.txt", ".c.txt", "d.txt.tmp", "e.part", "F.TXT"]) {
      await writeFile(join(bench.folder, name), chiText());
    }
    await mkdir(join(bench.folder, "sub.txt"));
    await bench.pass(0);
    expect(names(bench.finished)).toEqual(["F.TXT"]);
    expect(Object.fromEntries(bench.scan.ignored)).toEqual({ "other ending": 1, "temporary name": 4 });
  });

  it.runIf(posix)("[I10] opens no link, no pipe and no device", async () => {
    const bench = await watchFolder({ recursive: true });
    const outside = await temporaryFolder();
    await writeFile(join(outside, "secret.txt"), chiText());
    await symlink(join(outside, "secret.txt"), join(bench.folder, "link.txt"));
    await symlink(outside, join(bench.folder, "folder"));
    execFileSync("mkfifo", [join(bench.folder, "pipe.txt")]);
    await bench.pass(4_000);
    expect(bench.finished).toEqual([]);
    for (const name of [
      "link.txt",
      "folder/secret.txt",
      "../secret.txt",
      "pipe.txt",
      join(outside, "secret.txt"),
    ]) {
      expect(await bench.scan.reader.listed(name, 0, 10)).toEqual({ ok: false, why: "gone" });
    }
  });

  it.runIf(posix)("[I10] opens no link that has taken the place of a listed file or folder", async () => {
    const bench = await watchFolder({ recursive: true });
    const outside = await temporaryFolder();
    await writeFile(join(outside, "a.txt"), chiText());
    await mkdir(join(bench.folder, "sub"));
    await writeFile(join(bench.folder, "sub", "a.txt"), chiText());
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(0);
    await rm(join(bench.folder, "sub"), { recursive: true });
    await symlink(outside, join(bench.folder, "sub"));
    await unlink(join(bench.folder, "a.txt"));
    await symlink(join(outside, "a.txt"), join(bench.folder, "a.txt"));
    for (const name of ["a.txt", "sub/a.txt"]) {
      expect(await bench.scan.reader.listed(name, 0, 10)).toEqual({ ok: false, why: "gone" });
    }
  });

  it("looks into the folders inside only when it is told to", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "15Hz", "day 1"), { recursive: true });
    await writeFile(join(folder, "15Hz", "day 1", "a.txt"), chiText());
    const flat = await watchFolder({ folder });
    const deep = await watchFolder({ folder, recursive: true });
    await flat.pass(0);
    await deep.pass(0);
    expect(flat.finished).toEqual([]);
    expect(names(deep.finished)).toEqual(["15Hz/day 1/a.txt"]);
  });

  it("tells when a file is gone, and takes a renamed one as new", async () => {
    const bench = await watchFolder();
    await writeFile(join(bench.folder, "a.txt"), chiText());
    await bench.pass(2_000);
    await rename(join(bench.folder, "a.txt"), join(bench.folder, "b.txt"));
    await bench.pass(2_000);
    expect(bench.gone).toEqual(["a.txt"]);
    expect(names(bench.finished)).toEqual(["a.txt", "b.txt"]);
  });

  it("waits for a folder that is not there, and goes on when it was removed and made again", async () => {
    const folder = join(await temporaryFolder(), "scans");
    const bench = await watchFolder({ folder });
    await bench.pass(0);
    expect(bench.scan.problem).toBe("ENOENT");
    await mkdir(folder);
    await writeFile(join(folder, "a.txt"), chiText(1));
    await bench.pass(2_000);
    expect(bench.scan.problem).toBeNull();
    await rm(folder, { recursive: true });
    await bench.pass(2_000);
    expect(bench.scan.problem).toBe("ENOENT");
    expect(bench.gone).toEqual([]);
    await mkdir(folder);
    await writeFile(join(folder, "b.txt"), chiText(2));
    await bench.pass(2_000);
    expect(names(bench.finished)).toEqual(["a.txt", "b.txt"]);
    expect(bench.gone).toEqual(["a.txt"]);
  });

  it("says that the path is a file", async () => {
    const folder = join(await temporaryFolder(), "scans");
    await writeFile(folder, "");
    const bench = await watchFolder({ folder });
    await bench.pass(0);
    expect(bench.scan.problem).toBe("ENOTDIR");
  });

  it("hands out the bytes of a finished content, or says why not", async () => {
    const bench = await watchFolder();
    const path = join(bench.folder, "a.txt");
    await writeFile(path, chiText());
    await bench.pass(0);
    const [file] = bench.scan.finished();
    if (file === undefined) throw new Error("It is not finished.");
    bench.scan.recheck("a.txt"); // drops the bytes that are kept for a moment
    expect(await bench.scan.reader.finished(file, 0, 4)).toMatchObject({ ok: true, size: chiText().length });
    await appendFile(path, "more");
    expect(await bench.scan.reader.finished(file, 0, 4)).toEqual({ ok: false, why: "changed" });
    await unlink(path);
    expect(await bench.scan.reader.finished(file, 0, 4)).toEqual({ ok: false, why: "gone" });
  });

  it("keeps a content that was just finished, so that it arrives even if it is overwritten at once", async () => {
    const bench = await watchFolder();
    const path = join(bench.folder, "a.txt");
    await writeFile(path, chiText(1));
    await bench.pass(0);
    const [file] = bench.scan.finished();
    if (file === undefined) throw new Error("It is not finished.");
    await writeFile(path, chiText(2));
    const reading = await bench.scan.reader.finished(file, 5, 1_000);
    expect(reading.ok && new TextDecoder().decode(reading.content)).toBe(chiText(1).slice(5, 1_005));
  });

  it("hashes a file of hundreds of megabytes without holding it", async () => {
    const bench = await watchFolder();
    await writeFile(join(bench.folder, "large.txt"), "");
    await truncate(join(bench.folder, "large.txt"), 200 * 1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    await bench.pass(200);
    expect(bench.finished).toMatchObject([{ size: 200 * 1024 * 1024 }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 1024 * 1024);
  });
});
