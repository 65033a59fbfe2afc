import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished, test } from "vitest";
import { PowerCutDisk } from "../support/power-cut-disk.ts";
import { acksBrokenIn } from "./checker.ts";
import { Returns } from "./returns.ts";
import { Rounds } from "./rounds.ts";
import { cannotRun, scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";
import { readLogsApart } from "./stored-log.ts";

const ROUNDS = shortOrLong(2, 100);
/** [I5] as after every other start of a hub. */
const STATED_MS = 5_000;
const MOST_SHOWN = 20;
/** Written without a sync right before the cut: it must be gone, or this test proves nothing. */
const UNSYNCED = Buffer.alloc(64 * 1024, "x");

test("[I3] what was acknowledged is on the disk when the power goes", {
  timeout: shortOrLong(240_000, 7_200_000),
}, async (context) => {
  const disk = await PowerCutDisk.open();
  if (typeof disk === "string") {
    const why = `a disk in a file cannot be mounted here: ${disk}`;
    return context.skip(cannotRun("power cut (embedded store)", why));
  }
  onTestFinished(() => disk.close());
  await scenario("power cut (embedded store)", async (random) => {
    const scene = await Scene.start(random, { dataDir: disk.folder });
    const violations: string[] = [];
    const rounds = new Rounds(ROUNDS);
    const returns = new Returns();
    for (const round of rounds) {
      const control = join(disk.folder, `unsynced-${round}`);
      const writing = scene.writeOn();
      await scene.party.showsMore(10);
      await pause(random.uniform() * 500);
      await writeFile(control, UNSYNCED);
      scene.hub.sigstop();
      await disk.cut();
      await writing.stop();
      await scene.hub.kill9();
      await disk.restore();
      const broken = await brokenPromises(scene).catch((error: unknown) => [`it cannot be read: ${error}`]);
      if (broken.length > 0) throw await broke(round, broken, disk);
      const left = await readFile(control).catch(() => Buffer.alloc(0));
      if (left.equals(UNSYNCED))
        violations.push("nothing was lost that was not synced: this was no power cut");
      await scene.hub.start();
      returns.add(await scene.converged());
    }
    const verdict = await scene.judge();
    return {
      ...verdict,
      rounds: `${rounds}`,
      violations: [...violations, ...verdict.violations, ...returns.brokenOver(STATED_MS)],
      note: returns.told(STATED_MS),
    };
  });
});

/** Its text names where the disk is kept as the cut left it: a cut cannot be repeated. */
async function broke(round: number, broken: readonly string[], disk: PowerCutDisk): Promise<Error> {
  const shown = broken.slice(0, MOST_SHOWN).join("\n  ");
  const evidence = await disk.keepEvidence();
  return new Error(`cut ${round + 1}, kept in ${evidence}: ${broken.length} promises broken:\n  ${shown}`);
}

/** Before the hub runs again and agents could heal it: is everything there that it had acknowledged? */
async function brokenPromises(scene: Scene): Promise<string[]> {
  const logs = await readLogsApart(
    scene.dataDir,
    scene.parties.map(({ logKey }) => logKey),
  );
  return scene.parties.flatMap(({ acks }, index) => {
    const log = logs[index];
    return log === undefined ? ["the log is gone"] : acksBrokenIn(log, acks.acks);
  });
}
