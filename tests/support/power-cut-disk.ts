import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SIZE = "192M";
const MOST_COPIES = 20;

/**
 * A disk that can lose its power: an ext4 file system in a file. What a program has written and not synced is only
 * in memory; a copy of the file lacks it, exactly as the disk would after a power cut. Needs root and loop devices.
 */
export class PowerCutDisk {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #base: string;

  /** @returns why it cannot be done on this machine, in words, where it cannot */
  static async open(): Promise<PowerCutDisk | string> {
    const base = await mkdtemp(join(tmpdir(), "benchcast-disk-"));
    const disk = new PowerCutDisk(base);
    try {
      await run("truncate", ["-s", SIZE, disk.#image]);
      const options = "lazy_itable_init=0,lazy_journal_init=0";
      await run("mkfs.ext4", ["-q", "-F", "-E", options, disk.#image]);
      await mkdir(disk.folder);
      await disk.#mount();
      await run("sync", ["-f", disk.folder]);
      return disk;
    } catch (error) {
      await rm(base, { recursive: true, force: true });
      return error instanceof Error ? error.message.trim() : String(error);
    }
  }

  private constructor(base: string) {
    this.#base = base;
    this.folder = join(base, "mounted");
  }

  get #image(): string {
    return join(this.#base, "disk.img");
  }

  get #snapshot(): string {
    return join(this.#base, "cut.img");
  }

  /** As it was at the last cut: mounting an image changes it, and so does who reads a database on it. */
  get #untouched(): string {
    return join(this.#base, "untouched.img");
  }

  /**
   * This moment is the power cut: what is on the disk now, nothing else, will be there after `restore`. A copy takes
   * a while, and a disk that changes meanwhile would be one that never was: it counts when the disk is still equal
   * to it afterwards.
   *
   * @throws Error when somebody goes on writing
   */
  async cut(): Promise<void> {
    for (let tries = 0; tries < MOST_COPIES; tries++) {
      await run("cp", ["--sparse=always", this.#image, this.#snapshot]);
      const differs = await run("cmp", ["--silent", this.#image, this.#snapshot]).then(
        () => false,
        () => true,
      );
      if (!differs) return;
    }
    throw new Error(`The disk did not keep still while it was copied, ${MOST_COPIES} times.`);
  }

  /** The computer starts again. Nobody may use the folder while it is exchanged. */
  async restore(): Promise<void> {
    await this.#unmount();
    await run("cp", ["--sparse=always", this.#snapshot, this.#untouched]);
    await rename(this.#snapshot, this.#image);
    await this.#mount();
  }

  /**
   * Keeps for whoever looks into it what the last cut left: the image before anybody touched it, compressed, and the
   * files as they are now.
   *
   * @returns the folder where they are
   */
  async keepEvidence(): Promise<string> {
    const evidence = await mkdtemp(join(tmpdir(), "benchcast-power-cut-"));
    const image = join(evidence, "disk.img");
    await run("cp", ["--sparse=always", this.#untouched, image]);
    await run("gzip", ["--fast", image]);
    const isFile = (path: string) => !path.endsWith("lost+found");
    await cp(this.folder, join(evidence, "files"), { recursive: true, filter: isFile });
    return evidence;
  }

  async close(): Promise<void> {
    // Lazily: a database that was closed in this process may be let go of a moment later.
    await run("umount", ["--lazy", this.folder]);
    await rm(this.#base, { recursive: true, force: true });
  }

  async #mount(): Promise<void> {
    // The journal is written at syncs alone: on its own clock it would go on while the disk is copied.
    await run("mount", ["-o", "loop,commit=300", this.#image, this.folder]);
  }

  async #unmount(): Promise<void> {
    await run("umount", [this.folder]);
  }
}
