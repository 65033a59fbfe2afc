import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { HELP, readCommand } from "../../server/analyse/command-line.ts";
import { fieldsOfNames } from "../../server/analyse/name-fields.ts";
import { AnalyseParams, parseParams } from "../../server/analyse/params.ts";
import { RESULT_FLAGS, RESULT_KINDS, type ResultRow } from "../../shared/protocol/log-tables.ts";
import { hasRealData, readRealFile, realDataPath } from "../support/data.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

type Files = Readonly<Record<string, Uint8Array | string>>;

/** Runs the command as a person does, in a folder of its own with the given files. */
async function analyse(files: Files, ...args: string[]) {
  const folder = await folderOf(files);
  // tsx is found from the checkout; the files from the folder.
  const tsx = join(ROOT, "node_modules/tsx/dist/loader.mjs");
  return run(folder, ["--import", tsx, join(ROOT, "server/analyse-cli.ts"), ...args]);
}

/** The same with the program as it is built, copied to where nothing else is. */
async function analyseBuilt(files: Files, ...args: string[]) {
  const folder = await folderOf(files);
  await copyFile(join(ROOT, "dist/benchcast-analyse.mjs"), join(folder, "benchcast-analyse.mjs"));
  return { folder, run: await run(folder, ["benchcast-analyse.mjs", ...args]) };
}

async function folderOf(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-analyse-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

function run(cwd: string, command: readonly string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, NODE_NO_WARNINGS: "1" };
    const child = execFile(
      process.execPath,
      command,
      { cwd, env, maxBuffer: 64 * 2 ** 20 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

type JsonRecord = Readonly<Record<string, unknown>>;
const records = (stdout: string): JsonRecord[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** The log's row in the names of the command's records. */
function asRecord(row: ResultRow, file: string): JsonRecord {
  const { offset, kind, flags, ...numbers } = row;
  return {
    file,
    outcome: RESULT_KINDS[kind],
    flags: Object.entries(RESULT_FLAGS).flatMap(([name, bit]) => ((flags & bit) !== 0 ? [name] : [])),
    ...Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, Number.isNaN(value) ? null : value]),
    ),
  };
}

/** What a hub logs for these files, sent one after the other. */
async function hubRows(files: Readonly<Record<string, Uint8Array>>, pattern: string, analysisParams: object) {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern };
  const set = agent.nextFilters();
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams });
  await set;
  for (const [name, content] of Object.entries(files)) {
    const ack = await agent.send(session.session_id, name, content);
    expect(ack).toMatchObject({ ok: true, value: { outcome: "stored" } });
  }
  const log = await viewer.log(user_id, session.session_id);
  return log.results.map((row) => asRecord(row, log.names[row.offset] ?? ""));
}

/** Only what both sides say. */
function common(record: JsonRecord, like: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.keys(like).map((name) => [name, record[name]]));
}

async function expectEqualToHub(
  files: Readonly<Record<string, Uint8Array>>,
  pattern: string,
  swv: object,
): Promise<void> {
  const expected = await hubRows(files, pattern, swv);
  const settings = { "settings.json": JSON.stringify({ swv }) };
  const names = Object.keys(files);
  const run = await analyse({ ...files, ...settings }, "--json", "--params", "settings.json", ...names);
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  expect(expected.length).toBeGreaterThanOrEqual(names.length);
  // toEqual compares numbers by Object.is: every bit of them.
  const found = records(run.stdout);
  expect(found.map((record, index) => common(record, expected[index] ?? {}))).toEqual(expected);
}

describe("benchcast-analyse gives the numbers of the hub's log, bit for bit", () => {
  test("with choices left to the program, made on the first file and kept", async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`swv_${n}.txt`, simulatedFile(n)]));
    await expectEqualToHub(files, "swv_{n}.txt", {});
  });

  test("with choices made by hand", async () => {
    const files = { "swv_7.txt": simulatedFile(7, { electrodes: 3, frequencyHz: 100 }) };
    const swv = { sg_points: 21, direction: "up", min_snr: 3, peak_window: [-0.4, -0.2], skip_start: 2 };
    await expectEqualToHub(files, "swv_{n}.txt", swv);
  });

  test.runIf(hasRealData())("for real files, with a band window", async () => {
    const names = ["30_0_1", "30_10_2", "30_0_3"].map((name) => `chi-swv-frequency-scan/30Hz/${name}.txt`);
    const files = Object.fromEntries(names.map((name) => [name.split("/").at(-1) ?? "", readRealFile(name)]));
    await expectEqualToHub(files, "{*}_{n}.txt", { high_window: [-0.6, -0.1] });
  });
});

describe("benchcast-analyse", () => {
  test("is one file that runs with Node alone, from any folder", async () => {
    const { folder, run } = await analyseBuilt({ "swv_1.txt": simulatedFile(1) }, "--json", "swv_1.txt");
    const fromSource = await analyse({ "swv_1.txt": simulatedFile(1) }, "--json", "swv_1.txt");
    expect(run).toEqual(fromSource);
    expect(records(run.stdout).length).toBeGreaterThan(0);
    expect(await readdir(folder)).toEqual(["benchcast-analyse.mjs", "swv_1.txt"]);
  });

  const header = "Potential/V, Current/A\n\n";
  const cv = (technique: string) => {
    const potentials = Array.from({ length: 401 }, (_, k) => -0.4 + 0.004 * Math.min(k, 400 - k));
    const rows = potentials.map((potential, k) => {
      const sweep = k <= 200 ? 1 : -1;
      const wave = 1e-6 * Math.exp(-(((potential - 0.01 * sweep) / 0.06) ** 2));
      return `${potential.toFixed(3)}, ${(sweep * (wave + 1e-7)).toExponential(4)}`;
    });
    const head = [
      `Jan. 5, 2026   10:00:00`,
      technique,
      "Instrument Model:  CHI760B",
      "Scan Rate (V/s) = 0.1",
      "",
    ];
    return `${head.join("\n")}\n${header}${rows.join("\n")}\n`;
  };

  test("analyses a CV by pairs of segments, with separation, half-wave potential and charge", async () => {
    const run = await analyse({ "cv_1.txt": cv("Cyclic Voltammetry") }, "--json", "cv_1.txt");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const [pair, ...more] = records(run.stdout);
    expect(more).toEqual([]);
    expect(pair).toMatchObject({
      technique: "cv",
      file_number: 1,
      electrode: 1,
      segments: 2,
      scan_rate_v_s: 0.1,
    });
    expect(pair?.params).toMatchObject({ anodic: "up", method: "hull" });
    expect(pair?.peak_separation_v).toBeCloseTo(0.02, 2);
    expect(pair?.half_wave_potential_v).toBeCloseTo(0, 2);
    expect(pair?.forward).toMatchObject({ number: 1, sweep: "rising", up: { kind: "peak" } });
    // Area of the Gaussian wave over the scan rate.
    const charge_c = 1e-6 * 0.06 * Math.sqrt(Math.PI) * 10;
    const up = z.object({ up: z.object({ charge_c: z.number() }) }).parse(pair?.forward).up;
    expect(up.charge_c / charge_c).toBeCloseTo(1, 1);
  });

  test("gives the desktop program's numbers of a CV where they are asked for", async () => {
    const files = { "cv_1.txt": cv("Cyclic Voltammetry"), "p.json": '{"cv": {"method": "desktop"}}' };
    const run = await analyse(files, "--json", "--params", "p.json", "cv_1.txt");
    expect(records(run.stdout)).toMatchObject([
      { technique: "cv", params: { forward_direction: "up" }, forward: { peak: { kind: "peak" } } },
    ]);
    expect(records(run.stdout)[0]?.peak_separation_v).toBeCloseTo(0.02, 2);
  });

  test("analyses differential pulse files like SWV", async () => {
    const rows = Array.from({ length: 200 }, (_, k) => {
      const potential = -0.4 + 0.004 * k;
      return `${potential.toFixed(3)}, ${(1e-6 * Math.exp(-((potential / 0.05) ** 2)) + 1e-8).toExponential(4)}`;
    });
    const head = "Jan. 5, 2026   10:00:00\nDifferential Pulse Voltammetry\nInstrument Model:  CHI760B\n\n";
    const run = await analyse({ "a.txt": `${head}${header}${rows.join("\n")}\n` }, "--json", "a.txt");
    expect(records(run.stdout)).toMatchObject([{ technique: "dpv", outcome: "peak", frequency_hz: null }]);
    expect(records(run.stdout)[0]?.peak_potential_v).toBeCloseTo(0, 2);
  });

  test.each(["classic", "sacmes-web"])(
    "takes the method %s from the parameters, and says so",
    async (method) => {
      const files = { "swv_1.txt": simulatedFile(1), "p.json": `{"swv": {"method": "${method}"}}` };
      const run = await analyse(files, "--json", "--params", "p.json", "swv_1.txt");
      const found = records(run.stdout);
      expect(found).toHaveLength(2);
      for (const record of found) {
        expect(record).toMatchObject({ outcome: "peak", params: { method } });
        expect(record.peak_height_a).toBeGreaterThan(0);
      }
    },
  );

  test("prints aligned text under the parameters", async () => {
    const files = { "swv_1.txt": simulatedFile(1), "cv_1.txt": cv("Cyclic Voltammetry") };
    const { stdout } = await analyse(files, "swv_1.txt", "cv_1.txt");
    const [title, head = "", first = "", second = ""] = stdout.split("\n");
    expect(title).toMatch(/^SWV \{"method":"hull","direction":"(up|down)","sg_points":\d+,/);
    expect(head).toMatch(/^file +scan +electrode +f\/Hz +outcome +E\/V +height\/A/);
    expect([first, second].map((line) => line.indexOf("peak"))).toEqual([
      head.indexOf("outcome"),
      head.indexOf("outcome"),
    ]);
    expect(stdout).toMatch(/\n\nCV \{"method":"hull"/);
    expect(stdout).toMatch(/\ncv_1\.txt +1 +1 +1-2 /);
  });

  test("goes on after a file that fails, says which, where and why, and ends with 1", async () => {
    const files = {
      "empty.txt": "",
      "cut.txt": "Jan. 5, 2026   10:00:00\nCyclic Voltammetry\nInstrument Model:  CHI760B\n",
      "swv_1.txt": simulatedFile(1),
    };
    const run = await analyse(files, "--json", "empty.txt", "gone.txt", "cut.txt", "swv_1.txt");
    expect(run.code).toBe(1);
    expect(records(run.stdout)).toHaveLength(2);
    const lines = run.stderr.trim().split("\n");
    expect(lines[0]).toMatch(/^empty\.txt: The file is empty/);
    expect(lines[1]).toMatch(/^gone\.txt: ENOENT/);
    expect(lines[2]).toMatch(/^cut\.txt:\d+: /);
    expect(lines).toHaveLength(3);
  });

  test.runIf(hasRealData())("names a technique that it does not analyse, which is no failure", async () => {
    const run = await analyse({}, realDataPath("chi-other-technique/exampleDataCHInstruments.txt"));
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toContain("A.C. Impedance is recognised and not analysed.");
  });

  test("ends with 2 for a mistake in the parameters, and says all of them", async () => {
    const settings = '{"swv": {"sg_points": 4}, "cv": {"probes_v": [0, 0, 0, 0, 0]}}';
    const run = await analyse({ "wrong.json": settings }, "--params", "wrong.json", "a.txt");
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("wrong.json: swv.sg_points: ");
    expect(run.stderr).toContain("wrong.json: cv.probes_v: ");
  });

  test("ends with 2 and points to --help when no file is named", async () => {
    const run = await analyse({});
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toBe("Which files? Name at least one.\nSee benchcast-analyse --help\n");
  });
});

describe("the command line", () => {
  test.each([
    ["an unknown option", ["--jsno", "a.txt"], "--jsno"],
    ["an option without its value", ["a.txt", "--params"], "--params"],
    ["a value that the option does not take", ["--json=yes", "a.txt"], "--json"],
  ])("refuses %s by its name", (_case, args, name) => {
    const command = readCommand(args);
    expect(command.kind === "usage" ? command.message : command.kind).toContain(name);
  });

  test.each([
    ["no JSON", "{", /JSON/],
    ["an unknown parameter", '{"swv": {"sgpoints": 5}}', /^swv: .*sgpoints/],
    ["an unknown method", '{"swv": {"method": "best"}}', /^swv\.method: /],
    ["a window the wrong way round", '{"cv": {"window": [0.2, -0.2]}}', /^cv\.window: .*lower potential/],
  ])("parameters with %s say where", (_case, text, message) => {
    expect(() => parseParams(text)).toThrow(message);
  });

  test("a file with a byte order mark is a parameter file, too", () => {
    expect(parseParams('\uFEFF{"pattern": "a_{n}.txt"}').pattern).toBe("a_{n}.txt");
  });

  test("names tell number, frequency and electrode below the folder that all files share", () => {
    const files = ["C:\\d\\E1_a_30Hz_1.txt", "C:\\d\\E1_a_60Hz_1.txt", "C:\\d\\E2_a_30Hz_2.txt"];
    expect([...fieldsOfNames(files, null).values()]).toEqual([
      { n: 1, f: 30, e: 1 },
      { n: 1, f: 60, e: 1 },
      { n: 2, f: 30, e: 2 },
    ]);
    expect([...fieldsOfNames(["x/q_7.txt", "x/q.txt"], "q_{n}.txt").values()]).toEqual([{ n: 7 }, {}]);
    expect(() => fieldsOfNames(["a.txt"], "{x}.txt")).toThrow(/^pattern: /);
  });

  test("help tells every parameter and its default", () => {
    const asked = [
      {},
      { swv: { method: "classic" } },
      { swv: { method: "sacmes-web" } },
      { cv: { method: "desktop" } },
    ];
    for (const { swv, cv } of asked.map((given) => AnalyseParams.parse(given))) {
      for (const [name, value] of [...Object.entries(swv), ...Object.entries(cv)])
        if (name !== "method") expect(HELP).toContain(`"${name}": ${JSON.stringify(value)}`);
    }
  });
});
