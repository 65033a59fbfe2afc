import { cpSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type Agent, startAgent } from "../../agent/agent.ts";
import type { Clock } from "../../agent/clock.ts";
import type { FolderFiles, OpenFile } from "../../agent/folder-files.ts";
import { nodeFolderFiles } from "../../agent/node-folder-files.ts";
import type { Random } from "../../agent/random.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { AckTap } from "./ack-tap.ts";
import { fasterClock } from "./faster-clock.ts";

/** Its clock runs so much faster: re-readings and savings of hashes, seconds apart, fall into a short life. */
const FASTER = 40;
/** A life without a crash takes a fraction of a second. */
const MOST_MS = 60_000;

export interface MortalLife {
  readonly hubUrl: string;
  readonly folder: string;
  readonly configFolder: string;
  /** Where the configuration folder is copied as the crash leaves it. */
  readonly remains: string;
  /** It dies at this call; infinity: it lives. */
  readonly calls: number;
  readonly files: number;
  readonly random: Random;
}

export interface LifeEnded {
  readonly died: boolean;
  /** Calls that it made, all kinds together. */
  readonly calls: number;
  readonly acks: AckTap;
}

/**
 * The real agent in this process, until its n-th call to the folder or the network. From that call on nothing
 * of it reaches the world any more: no answer from the folder, no byte on the wire, no timer. It ends alive when
 * all of its `files` are stored.
 */
export async function live(life: MortalLife): Promise<LifeEnded> {
  const acks = new AckTap();
  let calls = 0;
  let dead = false;
  let survived = false;
  let die = () => {};
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const mayGoOn = () => {
    if (survived) return true;
    if (!dead && ++calls < life.calls) return true;
    if (!dead) {
      dead = true;
      leaveRemains(life);
      die();
    }
    return false;
  };
  const way = await TcpProxy.start(life.hubUrl, (link, direction, chunk) => {
    const goesOn = mayGoOn();
    // What the hub sent before it heard of the death counts as acknowledged all the same.
    return acks.tap(link, direction, chunk) && goesOn;
  });
  const files = mortalFiles(mayGoOn);
  const agent = startAgent({
    hubUrl: way.url,
    folder: life.folder,
    configFolder: life.configFolder,
    files,
    clock: mortalClock(() => dead),
    onReport: () => stored(agent, life.files) && die(),
  });
  const tooLong = setTimeout(() => die(), MOST_MS);
  await death;
  clearTimeout(tooLong);
  const report = agent.report();
  // What it still does to end is no part of its life: dying in it, it would never end.
  survived = !dead;
  way.cut();
  // A dead agent waits for its folder for ever; a living one ends.
  if (dead) void agent.stop();
  else await agent.stop();
  await Promise.all([way.close(), files.closeAll()]);
  if (!dead && report.files.sent < life.files) {
    throw new Error(`The agent's folder is not sent after ${MOST_MS} ms: ${JSON.stringify(report)}`);
  }
  return { died: dead, calls, acks };
}

function stored(agent: Agent, count: number): boolean {
  const { seen, sent } = agent.report().files;
  return seen === count && sent === count;
}

/** The folder as it looks to somebody who dies: the fatal call and all later ones are never answered. */
function mortalFiles(mayGoOn: () => boolean): FolderFiles & { closeAll(): Promise<unknown> } {
  const left = new Set<OpenFile>();
  let over = false;
  const call = <T>(run: () => Promise<T>): Promise<T> => (mayGoOn() ? run() : new Promise<never>(() => {}));
  const mortalFile = (file: OpenFile): OpenFile => {
    if (!over) left.add(file);
    return {
      facts: () => call(() => file.facts()),
      read: (from, length) => call(() => file.read(from, length)),
      close: () => (left.delete(file) ? file.close() : Promise.resolve()),
    };
  };
  return {
    // The system closes what a dead process had open.
    closeAll: () => {
      over = true;
      return Promise.all([...left].map((file) => left.delete(file) && file.close()));
    },
    list: (folder) => call(() => nodeFolderFiles.list(folder)),
    look: (path) => call(() => nodeFolderFiles.look(path)),
    realPath: (path) => call(() => nodeFolderFiles.realPath(path)),
    open: (path) =>
      call(async () => {
        const file = await nodeFolderFiles.open(path);
        if (over) await file.close();
        return mortalFile(file);
      }),
    watch: (folder, onHint, onError) => nodeFolderFiles.watch(folder, onHint, onError),
  };
}

function mortalClock(isDead: () => boolean): Clock {
  const clock = fasterClock(FASTER);
  return { ...clock, after: (delayMs, task) => clock.after(delayMs, () => void (isDead() || task())) };
}

/** A file that was being written may be torn at any byte. The key is written whole or not at all. */
function leaveRemains({ configFolder, remains, random }: MortalLife): void {
  cpSync(configFolder, remains, { recursive: true });
  for (const name of readdirSync(remains).filter((entry) => entry.startsWith("hashes-"))) {
    const path = join(remains, name);
    if (random.uniform() < 0.5) truncateSync(path, Math.floor(random.uniform() * statSync(path).size));
  }
}
