import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { EXIT } from "../../agent/exit-codes.ts";
import { readConfig } from "../../server/config.ts";
import { LAST_RESORT_MS } from "../../server/operations/drain.ts";
import { temporaryFolder } from "../support/agent.ts";

const FOLDER = fileURLToPath(new URL("../../deploy/systemd/", import.meta.url));
const UNITS = ["benchcast-hub.service", "benchcast-agent.service"];
const analyser = spawnSync("systemd-analyze", ["--version"]).status === 0;

test.skipIf(!analyser).each(UNITS)(
  "systemd itself finds nothing wrong with %s, and calls it well protected",
  async (unit) => {
    const folder = await temporaryFolder();
    const path = join(folder, unit);
    // Node is somewhere else on this machine, perhaps.
    writeFileSync(
      path,
      readFileSync(join(FOLDER, unit), "utf8").replaceAll("/usr/bin/node", process.execPath),
    );
    const verified = spawnSync("systemd-analyze", ["verify", path], { encoding: "utf8" });
    expect(verified.stdout + verified.stderr).toBe("");
    expect(verified.status).toBe(0);
    const judged = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=20", path], {
      encoding: "utf8",
    });
    expect(judged.stdout).toMatch(/exposure level for .*: [01]\.\d OK/);
  },
);

test("the hub's service waits longer than the hub needs to end; the agent's does not start again what would fail again", () => {
  const hub = readFileSync(join(FOLDER, "benchcast-hub.service"), "utf8");
  const stop_s = Number(/^TimeoutStopSec=(\d+)$/m.exec(hub)?.[1]);
  expect(stop_s).toBeGreaterThanOrEqual(readConfig({}).DRAIN_WITHIN_S + LAST_RESORT_MS / 1_000);
  const agent = readFileSync(join(FOLDER, "benchcast-agent.service"), "utf8");
  const final = /^RestartPreventExitStatus=(.*)$/m.exec(agent)?.[1]?.split(" ").map(Number);
  expect(final).toEqual([2, 5, 6]);
  expect(Object.values(EXIT)).toEqual(expect.arrayContaining(final ?? []));
});
