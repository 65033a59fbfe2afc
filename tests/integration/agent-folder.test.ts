import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Agent, type AgentOptions, startAgent } from "../../agent/agent.ts";
import type { FolderFiles } from "../../agent/folder-files.ts";
import { nodeFolderFiles } from "../../agent/node-folder-files.ts";
import { renderChiSwv, simulatedScan } from "../../agent/simulate.ts";
import type { AgentReport } from "../../agent/status.ts";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import { startHub } from "../support/hub.ts";
import { type RawViewer, startRawViewer } from "../support/raw-viewer.ts";

/* The real agent on a real folder, the real hub, and what the log then holds. */

const PATTERN = "EAB_{f}Hz_{n}.txt";

it("[I1] takes a file that grows row by row once, when its last row is there", async () => {
  const bench = await startBench();
  const { session_id } = await bench.startSession();
  const text = scanText(1);
  const path = join(bench.folder, "EAB_15Hz_1.txt");
  for (let from = 0; from < text.length; from += 1_000) {
    await appendFile(path, text.slice(from, from + 1_000));
    // Longer than the quiet time of content of no known format.
    await new Promise((next) => setTimeout(next, from < 2_000 ? 150 : 5));
  }
  await bench.viewer.headAt(session_id, 1);
  await bench.agent.until(({ files }) => files.sent === 1 && files.waiting === 0);
  const log = await bench.log(session_id);
  expect(log.entries.map(({ revision, size_bytes }) => [revision, size_bytes])).toEqual([[1, text.length]]);
  expect(log.results.map(({ electrode }) => electrode)).toEqual([1, 2]);
});

it("[I1] keeps A → B → A as three revisions of one name", async () => {
  const bench = await startBench();
  const { session_id } = await bench.startSession();
  const contents = [scanText(1), scanText(2), scanText(1)];
  for (const [index, text] of contents.entries()) {
    await writeFile(join(bench.folder, "EAB_15Hz_1.txt"), text);
    await bench.viewer.headAt(session_id, index + 1);
  }
  const log = await bench.log(session_id);
  expect(log.entries.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  expect(new Set(log.names)).toEqual(new Set(["EAB_15Hz_1.txt"]));
});

it("logs a renamed file as a new one with the same content, and a temporary name not at all", async () => {
  const bench = await startBench();
  const { session_id } = await bench.startSession();
  await writeFile(join(bench.folder, "~$scan.tmp"), scanText(1));
  await rename(join(bench.folder, "~$scan.tmp"), join(bench.folder, "EAB_15Hz_1.txt"));
  await bench.viewer.headAt(session_id, 1);
  await rename(join(bench.folder, "EAB_15Hz_1.txt"), join(bench.folder, "EAB_15Hz_2.txt"));
  await bench.viewer.headAt(session_id, 2);
  const log = await bench.log(session_id);
  expect(log.names).toEqual(["EAB_15Hz_1.txt", "EAB_15Hz_2.txt"]);
  expect(log.entries[1]?.same_content_as).toBe(0);
});

it("[I14] shows a file that it cannot read, and delivers it when it can", async () => {
  let held = true;
  const files: FolderFiles = {
    ...nodeFolderFiles,
    open: async (path) => {
      if (held) throw Object.assign(new Error("resource busy"), { code: "EBUSY" });
      return nodeFolderFiles.open(path);
    },
  };
  const bench = await startBench({ files });
  const { session_id } = await bench.startSession();
  await writeFile(join(bench.folder, "EAB_15Hz_1.txt"), scanText(1));
  const report = await bench.agent.until(({ problems }) => problems.some(({ id }) => id === "files"));
  expect(report.files).toMatchObject({ waiting: 1, sent: 0 });
  expect(report.problems[0]?.text).toContain("EAB_15Hz_1.txt (EBUSY)");
  held = false;
  await bench.viewer.headAt(session_id, 1);
  await bench.agent.until(({ problems, files: { sent } }) => problems.length === 0 && sent === 1);
});

it("[I10] follows no link out of its folder, neither for the log nor for a preview", async () => {
  const bench = await startBench({ recursive: true });
  const outside = await temporaryFolder();
  await writeFile(join(outside, "EAB_15Hz_1.txt"), scanText(1));
  await symlink(join(outside, "EAB_15Hz_1.txt"), join(bench.folder, "EAB_15Hz_1.txt"));
  await symlink(outside, join(bench.folder, "elsewhere"));
  await mkdir(join(bench.folder, "inside"));
  await writeFile(join(bench.folder, "inside", "EAB_15Hz_2.txt"), scanText(2));
  const { session_id } = await bench.startSession(`{*}/${PATTERN}`);
  await bench.viewer.headAt(session_id, 1);
  await bench.agent.until(({ files }) => files.seen === 1 && files.sent === 1 && files.ignored === 2);
  expect((await bench.log(session_id)).names).toEqual(["inside/EAB_15Hz_2.txt"]);
  for (const name of ["EAB_15Hz_1.txt", "elsewhere/EAB_15Hz_1.txt"]) {
    const answer = await bench.viewer.request("preview_file", {
      user_id: bench.agent.userId,
      name,
      params: {},
    });
    expect(answer).toMatchObject({ ok: false, error: { code: "file_not_listed" } });
  }
});

it("[I1] brings 1,000 files that were there at the start into the log, each once", {
  timeout: 90_000,
}, async () => {
  const bench = await startBench({}, 1_000);
  const { session_id, matching } = await bench.startSession();
  expect(matching).toBe(1_000);
  await bench.viewer.headAt(session_id, 1_000);
  await bench.agent.until(({ files }) => files.sent === 1_000 && files.owed === 0);
  const { names } = await bench.log(session_id);
  expect(names).toHaveLength(1_000);
  expect(new Set(names).size).toBe(1_000);
});

it("[I1] delivers nothing twice after a restart of the agent, and what came while it was away", async () => {
  const bench = await startBench({}, 20);
  const { session_id } = await bench.startSession();
  await bench.viewer.headAt(session_id, 20);
  await bench.agent.stop();
  await writeFile(join(bench.folder, "EAB_15Hz_21.txt"), scanText(21));
  const second = bench.startAgent();
  expect(second.userId).toBe(bench.agent.userId);
  await bench.viewer.headAt(session_id, 21);
  await second.until(({ files }) => files.sent === 21 && files.owed === 0);
  expect((await bench.log(session_id)).names).toHaveLength(21);
});

it("[I1] goes on by itself after a restart of the hub", async () => {
  const dataDir = await temporaryFolder();
  const hub = await startHub({ dataDir });
  const bench = await startBench({}, 3, hub);
  const { session_id } = await bench.startSession();
  await bench.viewer.headAt(session_id, 3);
  await hub.close();
  await bench.agent.until(({ connection }) => connection.is === "offline");
  await writeFile(join(bench.folder, "EAB_15Hz_4.txt"), scanText(4));
  const again = await startHub({ dataDir, env: { PORT: String(hub.port) } });
  const viewer = await startRawViewer(again.url);
  await viewer.ask("join", { user_id: bench.agent.userId });
  await viewer.headAt(session_id, 4);
  expect((await viewer.log(bench.agent.userId, session_id)).names).toHaveLength(4);
  await bench.agent.until(({ problems, files }) => problems.length === 0 && files.sent === 4);
});

it("ends, and says why, when another agent with the same key takes over", async () => {
  const bench = await startBench();
  const second = bench.startAgent();
  await second.until(({ connection }) => connection.is === "connected");
  expect(await bench.agent.ended).toMatchObject({ is: "sent-away", code: "replaced" });
});

it("says that its folder is away, without its path, and loses nothing when it is moved back in a run", async () => {
  const bench = await startBench({}, 3);
  const { session_id } = await bench.startSession();
  await bench.viewer.headAt(session_id, 3);
  const told: string[] = [];
  bench.viewer.socket.onAny((...message) => told.push(JSON.stringify(message)));
  const away = `${bench.folder}-moved`;
  onTestFinished(() => rm(away, { recursive: true, force: true }));

  const missing = statusWith(bench.viewer, ({ folder_trouble }) => folder_trouble?.is === "missing");
  await rename(bench.folder, away);
  expect((await missing).folder_trouble?.since_ms).toEqual(expect.any(Number));
  const user_id = bench.agent.userId;
  expect(await bench.viewer.request("describe_folder", { user_id })).toMatchObject({
    ok: false,
    error: {
      code: "folder_unreadable",
      message: expect.stringMatching(/^The agent's folder is not there\. Check on the instrument PC/),
    },
  });
  // Who comes now hears it at once.
  const later = await startRawViewer(bench.hubUrl);
  expect((await later.ask("join", { user_id })).agent.folder_trouble?.is).toBe("missing");

  await writeFile(join(away, "EAB_15Hz_4.txt"), scanText(4));
  const back = statusWith(bench.viewer, ({ folder_trouble }) => folder_trouble === undefined);
  await rename(away, bench.folder);
  await back;
  await bench.viewer.headAt(session_id, 4);
  const { names } = await bench.log(session_id);
  expect(names).toEqual([1, 2, 3, 4].map((number) => `EAB_15Hz_${number}.txt`));
  expect(await bench.viewer.ask("describe_folder", { user_id })).toMatchObject({ files: 4 });
  expect(told.join("\n")).not.toContain(dirname(bench.folder));
});

it("tells a folder that it may not read from an empty one", async () => {
  let allowed = false;
  const files: FolderFiles = {
    ...nodeFolderFiles,
    list: async (path) => {
      if (!allowed) throw Object.assign(new Error("permission denied"), { code: "EACCES" });
      return nodeFolderFiles.list(path);
    },
  };
  const bench = await startBench({ files }, 1);
  const user_id = bench.agent.userId;
  const refused = await bench.viewer.request("describe_folder", { user_id });
  expect(refused).toMatchObject({
    ok: false,
    error: {
      code: "folder_unreadable",
      message: expect.stringMatching(/^The agent may not read its folder\. Give the user/),
    },
  });
  expect((await bench.viewer.ask("join", { user_id })).agent.folder_trouble?.is ?? "forbidden").toBe(
    "forbidden",
  );
  allowed = true;
  await expect
    .poll(async () => (await bench.viewer.request("describe_folder", { user_id })).ok, { timeout: 15_000 })
    .toBe(true);
});

/** The first word on the agent for which the condition holds. */
function statusWith(viewer: RawViewer, condition: (status: AgentStatus) => boolean): Promise<AgentStatus> {
  return new Promise((resolve) => {
    const check = (status: AgentStatus) => {
      if (!condition(status)) return;
      viewer.socket.off("agent_status", check);
      resolve(status);
    };
    viewer.socket.on("agent_status", check);
  });
}

/** A running agent that a test can wait for. */
interface WatchedAgent extends Agent {
  /** The first report for which the condition holds. */
  until(condition: (report: AgentReport) => boolean): Promise<AgentReport>;
}

async function startBench(options: Partial<AgentOptions> = {}, files = 0, given?: { readonly url: string }) {
  const hub = given ?? (await startHub());
  const folder = await temporaryFolder();
  const configFolder = await temporaryFolder();
  for (let number = 1; number <= files; number++) {
    await writeFile(join(folder, `EAB_15Hz_${number}.txt`), scanText(number));
  }
  const start = () => watched({ hubUrl: hub.url, folder, configFolder, ...options });
  const agent = start();
  await agent.until(({ connection }) => connection.is === "connected");
  const viewer = await startRawViewer(hub.url);
  await viewer.ask("join", { user_id: agent.userId });
  return {
    agent,
    viewer,
    folder,
    hubUrl: hub.url,
    startAgent: start,
    startSession: (pattern = PATTERN) => startSession(viewer, agent.userId, pattern),
    log: (session_id: string) => viewer.log(agent.userId, session_id),
  };
}

async function startSession(viewer: RawViewer, user_id: string, pattern: string) {
  const { session, matching } = await viewer.ask("start_analysis_session", {
    user_id,
    filters: { pattern },
    analysisParams: {},
  });
  return { session_id: session.session_id, matching };
}

function watched(options: AgentOptions): WatchedAgent {
  const waiting = new Set<(report: AgentReport) => void>();
  const agent = startAgent({
    ...options,
    onReport: (report) => {
      for (const check of [...waiting]) check(report);
    },
  });
  onTestFinished(() => agent.stop());
  const until = (condition: (report: AgentReport) => boolean) =>
    new Promise<AgentReport>((resolve) => {
      const check = (report: AgentReport) => {
        if (!condition(report)) return;
        waiting.delete(check);
        resolve(report);
      };
      waiting.add(check);
      check(agent.report());
    });
  return {
    userId: agent.userId,
    looked: agent.looked,
    connectedOnce: agent.connectedOnce,
    ended: agent.ended,
    report: () => agent.report(),
    stop: () => agent.stop(),
    until,
  };
}

/** A small scan, so that a thousand are quick. */
function scanText(number: number): string {
  const scan = simulatedScan({ number, step_v: 0.005, electrodes: 2 });
  return renderChiSwv({
    scan,
    startedAt: new Date(2026, 10, 21, 14, 2, 0),
    fileName: `c:\\chi\\eab_${number}.txt`,
  });
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-agent-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
