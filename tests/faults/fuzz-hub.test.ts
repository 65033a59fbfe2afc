import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "vitest";
import { type Fuzzing, fuzzAsAgent, fuzzAsViewer, fuzzRawBytes } from "./fuzzers.ts";
import { fork, scenario, shortOrLong } from "./scenario.ts";
import { Scene } from "./scene.ts";

const FUZZ_MS = shortOrLong(20_000, 600_000);
/** Code is compiled, caches fill: what comes after this must not grow. */
const WARM_MS = FUZZ_MS / 4;
const MOST_GROWTH_MIB = 100;
/** Of viewers of somebody else, meanwhile. */
const MOST_STALE_MS = 10_000;

test(
  "[R5] [I11] the hub outlives every malformed message, and others notice nothing",
  { timeout: 1_200_000 },
  () =>
    scenario("malformed messages to the hub", async (random) => {
      const scene = await Scene.start(random);
      const { hub } = scene;
      const pid = hub.pid();
      let stopped = false;
      let messages = 0;
      const fuzzing = (): Fuzzing => ({
        url: hub.url,
        random: fork(random),
        stopped: () => stopped,
        count: () => messages++,
      });
      const writing = scene.writeOn();
      const fuzzers = [
        fuzzAsAgent(fuzzing()),
        fuzzAsAgent(fuzzing()),
        // The fuzzers may join: an ID is something that people pass on. What they ask for must still be in order.
        fuzzAsViewer(fuzzing(), () => scene.neighbour.agent.userId),
        fuzzAsViewer(fuzzing(), () => "0000000000000000"),
        fuzzRawBytes(fuzzing()),
        fuzzRawBytes(fuzzing()),
      ];
      await pause(WARM_MS);
      const warmMib = memoryMib(pid);
      await pause(FUZZ_MS - WARM_MS);
      const endMib = memoryMib(pid);
      stopped = true;
      await Promise.all(fuzzers);
      await writing.stop();
      const verdict = await scene.judge();
      const violations = [
        ...verdict.violations,
        ...(hub.pid() === pid ? [] : ["the hub is another process"]),
        ...(endMib - warmMib <= MOST_GROWTH_MIB
          ? []
          : [`[I11] the hub grew from ${warmMib} to ${endMib} MiB`]),
        ...(verdict.stalenessMs <= MOST_STALE_MS
          ? []
          : [`others were ${Math.round(verdict.stalenessMs)} ms behind`]),
      ];
      const note = `${messages.toLocaleString("en-US")} messages; resident memory ${warmMib} MiB warm, ${endMib} MiB at the end`;
      return { ...verdict, violations, rounds: `${FUZZ_MS / 1_000} s`, note };
    }),
);

/** Resident memory of a process. Linux. */
function memoryMib(pid: number): number {
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kib) / 1024);
}
