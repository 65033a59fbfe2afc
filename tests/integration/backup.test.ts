import { spawnSync } from "node:child_process";
import { chownSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nanoid } from "nanoid";
import { describe, expect, test } from "vitest";
import { makeBackup } from "../../server/backup/make-backup.ts";
import { restoreBackup } from "../../server/backup/restore.ts";
import { startTestAgent, temporaryFolder } from "../support/agent.ts";
import { sceneOf, startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { PrometheusText } from "../support/prometheus-text.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOUR_MS = 3_600_000;

/** The command as operators run it. */
function runCommand(words: readonly string[], env: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, ["--import", "tsx", "server/backup-cli.ts", ...words], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

/** The instrument writes a file whole. */
async function measure(folder: string, n: number): Promise<void> {
  await writeFile(join(folder, `swv_${n}.part`), simulatedFile(n));
  await rename(join(folder, `swv_${n}.part`), join(folder, `swv_${n}.txt`));
}

test("a backup made while files come is whole; restored, agents send what came later, and nothing is doubled", async () => {
  const [directory, folder, configFolder] = [
    await temporaryFolder(),
    await temporaryFolder(),
    await temporaryFolder(),
  ];
  const first = await startHub({ env: { BACKUP_DIR: directory, BACKUP_EVERY_HOURS: "8760" } });
  const agent = await startTestAgent(first.url, { folder, configFolder });
  const user_id = agent.agent.userId;
  const viewer = await startRawViewer(first.url);
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const started = await viewer.ask("start_analysis_session", {
    user_id,
    filters,
    analysisParams: {},
    label: "Kept name",
  });
  const { session_id } = started.session;
  for (let n = 1; n <= 20; n += 1) await measure(folder, n);
  await viewer.pushed(session_id, 20);
  const made = first.hub.backups?.make();
  for (let n = 21; n <= 40; n += 1) await measure(folder, n);
  const backup = await made;
  if (backup === undefined) throw new Error("This hub makes no backups.");
  await viewer.pushed(session_id, 40);
  const before = await viewer.log(user_id, session_id);
  await agent.agent.stop();
  await first.close();
  expect(backup.files).toBeGreaterThanOrEqual(20);
  expect(backup.files).toBeLessThanOrEqual(40);
  expect(statSync(backup.path).mode & 0o777).toBe(0o600);

  const dataDir = await temporaryFolder();
  const order = { file: backup.path, dataDir, replace: false, now: Date.now, newId: nanoid };
  expect(await restoreBackup(order)).toMatchObject({ logs: 1, files: backup.files, aside: null });
  const second = await startHub({ dataDir });
  const reader = await startRawViewer(second.url);
  const joined = await reader.ask("join", { user_id });
  expect(joined.agent.state).toBe("offline");
  expect(joined.sessions).toMatchObject([{ session_id, label: "Kept name", head: backup.files }]);
  const restored = await reader.log(user_id, session_id);
  // Every session is complete: its entries and results are those of the log when the backup was made.
  const until = <Row extends { offset: number }>(rows: readonly Row[]) =>
    rows.filter(({ offset }) => offset < backup.files);
  expect(restored.names).toEqual(before.names.slice(0, backup.files));
  expect(restored.entries).toEqual(before.entries.slice(0, backup.files));
  expect(restored.results).toEqual(until(before.results));
  expect(restored.epoch).not.toBe(before.epoch);
  expect(await second.hub.store.storeId()).not.toBe(backup.store_id);

  await startTestAgent(second.url, { folder, configFolder });
  await measure(folder, 41);
  await reader.pushed(session_id, 41);
  const after = await reader.log(user_id, session_id);
  expect(new Set(after.names)).toEqual(new Set(Array.from({ length: 41 }, (_, n) => `swv_${n + 1}.txt`)));
  expect(after.names).toHaveLength(41);
});

test("a restored backup has all of every session: versions, notes, links, files, and exports of the same numbers", async () => {
  const first = await startHub();
  const pulse = await startSessionOn(first.url, { pattern: "a_{n}.txt", params: { min_snr: 0 } });
  const { agent, viewer, user_id } = pulse;
  for (const n of [1, 2, 3]) await pulse.send(`a_${n}.txt`, simulatedFile(n));
  expect(await pulse.reanalyse({ sg_points: 21 })).toMatchObject({ state: "done" });
  const note_id = "note-of-an-injection-0001";
  const change = { do: "add", note_id, kind: "injection", at: { offset: 1 }, concentration: 1 } as const;
  await viewer.ask("annotate", { user_id, session_id: pulse.session_id, change });
  await viewer.ask("set_trend_params", {
    user_id,
    session_id: pulse.session_id,
    trend_params: { on_hz: 200 },
  });
  const map = await viewer.ask("start_analysis_session", {
    user_id,
    technique: "frequency-map",
    filters: { pattern: "b_{n}.txt" },
    analysisParams: {},
  });
  const other = sceneOf(agent, viewer, map.session.session_id);
  for (const n of [1, 2]) await other.send(`b_${n}.txt`, simulatedFile(n));
  await viewer.ask("stop_analysis_session", { user_id, session_id: other.session_id });
  const shared = await viewer.ask("create_share_link", {
    user_id,
    role: "view",
    label: "For Ada",
    expires_in_s: null,
  });

  const ids = [pulse.session_id, other.session_id];
  const before = await everythingOf(first.url, user_id, ids);
  expect(
    before.sessions.map(({ names, heads, table }) => [names.length, heads.length > 0, table.length > 2]),
  ).toEqual([
    [3, true, true],
    [2, true, true],
  ]);
  expect(before.sessions[0]).toMatchObject({ session: { version: 2 }, notes: { notes: [{ note_id }] } });
  const made = await makeBackup({
    dataDir: first.dataDir,
    directory: await temporaryFolder(),
    keep: 3,
    atMs: Date.now(),
  });
  await first.close();
  const dataDir = await temporaryFolder();
  await restoreBackup({ file: made.path, dataDir, replace: false, now: Date.now, newId: nanoid });
  const second = await startHub({ dataDir });

  expect(await everythingOf(second.url, user_id, ids)).toEqual(before);
  const guest = await startRawViewer(second.url);
  expect(await guest.ask("join", { share_token: shared.token })).toMatchObject({ role: "view" });
});

/** What a viewer can read of these sessions; what is new after every restore (epoch, agent's state) left out. */
async function everythingOf(url: string, user_id: string, session_ids: readonly string[]) {
  const viewer = await startRawViewer(url);
  const { sessions } = await viewer.ask("join", { user_id });
  const parts = session_ids.map(async (session_id) => {
    const found = sessions.find((session) => session.session_id === session_id);
    const { epoch, ...session } = found ?? { epoch: null };
    const log = await viewer.log(user_id, session_id);
    const curves = await viewer.ask("get_voltammogram", { user_id, session_id, offset: 1 });
    const csv = await fetch(`${url}/api/sessions/${session_id}/export.csv`, {
      headers: { authorization: `Bearer ${user_id}` },
    });
    const table = (await csv.text()).split("\n").filter((line) => !line.startsWith("#"));
    return {
      session,
      names: log.names,
      entries: log.entries,
      results: log.results,
      notes: await viewer.ask("read_notes", { user_id, session_id, since_rev: 0 }),
      heads: curves.voltammograms.heads,
      table,
    };
  });
  const previous = await viewer.ask("read_log", {
    user_id,
    session_id: session_ids[0] ?? "",
    since: 0,
    version: 1,
  });
  return { sessions: await Promise.all(parts), previous: previous.results };
}

describe("backups by the clock", () => {
  test("are made when they are due, also over a restart; the newest few stay; /metrics and /ready say how it stands", async () => {
    const directory = await temporaryFolder();
    const dataDir = await temporaryFolder();
    let now = Date.UTC(2026, 0, 1);
    const env = { BACKUP_DIR: directory, BACKUP_EVERY_HOURS: "6", BACKUP_KEEP: "2" };
    const options = { dataDir, env, now: () => now };
    const files = () => readdirSync(directory).sort();
    const hub = await startHub(options);
    await hub.hub.backups?.tick();
    expect(files()).toEqual(["benchcast-20260101T000000000Z.db"]);
    now += 5 * HOUR_MS;
    await hub.hub.backups?.tick();
    expect(files()).toHaveLength(1);
    await hub.close();

    const again = await startHub(options);
    await again.hub.backups?.tick();
    expect(files()).toHaveLength(1);
    for (let day = 0; day < 3; day += 1) {
      now += 6 * HOUR_MS;
      await again.hub.backups?.tick();
    }
    expect(files()).toEqual(["benchcast-20260101T170000000Z.db", "benchcast-20260101T230000000Z.db"]);
    const said = await PrometheusText.of(again.url);
    expect(said.value('benchcast_backups_total{outcome="made"}')).toBe(3);
    expect(said.value("benchcast_backup_last_success_timestamp_seconds")).toBe(now / 1_000);
  });

  test("that fail are told in /ready and counted, leave nothing behind, and are tried again", async () => {
    const directory = await temporaryFolder();
    const place = join(directory, "backups");
    writeFileSync(place, "a file where the folder should be");
    let now = Date.UTC(2026, 0, 1);
    const { hub, url } = await startHub({ env: { BACKUP_DIR: place, LOG_LEVEL: "silent" }, now: () => now });
    await hub.backups?.tick();
    expect((await ask(url, "/ready")).json()).toMatchObject({
      ready: true,
      warnings: [expect.stringContaining("The last backup failed")],
    });
    expect((await PrometheusText.of(url)).value('benchcast_backups_total{outcome="failed"}')).toBeGreaterThan(
      0,
    );
    await rename(place, `${place}-away`);
    now += HOUR_MS / 4;
    await hub.backups?.tick();
    expect(readdirSync(place)).toHaveLength(1);
    expect((await ask(url, "/ready")).json()).toMatchObject({ warnings: [] });
  });
});

describe("restoring", () => {
  async function backedUp() {
    const directory = await temporaryFolder();
    const hub = await startHub();
    await startRawAgent(hub.url);
    const made = await makeBackup({ dataDir: hub.dataDir, directory, keep: 1, atMs: Date.now() });
    const restore = (dataDir: string, file = made.path, replace = true) =>
      restoreBackup({ file, dataDir, replace, now: Date.now, newId: nanoid });
    return { hub, directory, made, restore };
  }

  test("never touches the folder of a hub that runs", async () => {
    const { hub, restore } = await backedUp();
    await expect(restore(hub.dataDir)).rejects.toThrow(/another hub \(pid \d+/);
    expect((await ask(hub.url, "/health")).json()).toMatchObject({ status: "ok" });
  });

  test("leaves everything to whom the folder belongs, whoever restores", async () => {
    const { hub, restore } = await backedUp();
    await hub.close();
    const dataDir = await temporaryFolder();
    // The hub's own user; only root can give a folder away.
    const owner = process.getuid?.() === 0 ? 1_000 : process.getuid?.();
    if (process.getuid?.() === 0) chownSync(dataDir, 1_000, 1_000);
    await restore(dataDir);
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).uid, name).toBe(owner);
  });

  test("puts what is there aside only when asked to, and loses none of it", async () => {
    const { hub, made, restore } = await backedUp();
    const id = await hub.hub.store.storeId();
    await hub.close();
    const dataDir = await temporaryFolder();
    await restore(dataDir);
    const there = readFileSync(join(dataDir, "benchcast.db"));
    await expect(restore(dataDir, made.path, false)).rejects.toThrow("--replace");
    expect(readFileSync(join(dataDir, "benchcast.db")).equals(there)).toBe(true);
    const { aside } = await restore(dataDir);
    expect(readFileSync(String(aside)).equals(there)).toBe(true);
    const restored = await startHub({ dataDir });
    expect(await restored.hub.store.storeId()).not.toBe(id);
  });

  test("refuses a damaged copy and a file that is none, before anything is changed", async () => {
    const { made, directory, restore } = await backedUp();
    const bytes = readFileSync(made.path);
    const damaged = join(directory, "damaged.db");
    writeFileSync(damaged, bytes.fill(0x5a, 8_192 * 2, 8_192 * 4));
    const other = join(directory, "other.db");
    writeFileSync(other, "not a database at all, but a text of some length".repeat(100));
    for (const file of [damaged, other, join(directory, "missing.db")]) {
      const dataDir = await temporaryFolder();
      await expect(restore(dataDir, file)).rejects.toThrow(file);
      expect(readdirSync(dataDir)).toEqual([]);
    }
  });
});

test("the command copies a running hub's data and puts it back, and says what to do when it cannot", async () => {
  const directory = await temporaryFolder();
  const hub = await startHub();
  await startRawAgent(hub.url);
  const made = runCommand(["--to", directory], { DATA_DIR: hub.dataDir });
  expect(made.stderr).toBe("");
  expect(made.status).toBe(0);
  const [name = ""] = readdirSync(directory);
  expect(made.stdout).toContain(name);

  const live = runCommand(["--restore", join(directory, name)], { DATA_DIR: hub.dataDir });
  expect(live.stderr).toContain("another hub");
  expect(live.status).toBe(1);
  const dataDir = await temporaryFolder();
  const restored = runCommand(["--restore", join(directory, name)], { DATA_DIR: dataDir });
  expect(restored.stdout).toContain("Restored 0 sessions");
  expect(runCommand([], { DATA_DIR: dataDir }).stderr).toContain("BACKUP_DIR");
});
