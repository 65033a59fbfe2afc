import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { simulatedScan } from "../../agent/simulated-scan.ts";
import { guessTable } from "../../shared/formats/guess-table.ts";
import { ENTRY_STATUS, RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import { unpackVoltammograms } from "../../shared/protocol/voltammogram.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A lab's own export: nothing that any instrument's program writes. */
function homeMade(number: number, change: (rows: string[]) => string[] = (rows) => rows): Uint8Array {
  const { potentials_v, electrodes } = simulatedScan({
    number,
    frequency_hz: 15,
    electrodes: 2,
    step_v: 0.002,
  });
  const comma = (value: number) => String(Number(value.toPrecision(7))).replace(".", ",");
  const rows = Array.from(potentials_v, (potential, row) =>
    [potential * 1e3, ...electrodes.map(({ difference_a }) => (difference_a[row] ?? 0) * 1e6)]
      .map(comma)
      .join(";"),
  );
  return new TextEncoder().encode(["Bench 3", "E [mV];I1 [µA];I2 [µA]", ...change(rows), ""].join("\r\n"));
}

test("an unknown table: described by looking, previewed, analysed live and offline, with the same numbers", async () => {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url);
  for (let n = 1; n <= 3; n++) agent.files.set(`own_15Hz_${n}.txt`, homeMade(n));
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });

  const { proposals, left_out } = await viewer.ask("describe_folder", { user_id });
  expect(proposals).toEqual([]);
  expect(left_out).toMatchObject(
    [
      { files: 3, pattern: "own_{f}Hz_{n}.txt", sample: "own_15Hz_1.txt", reason: /describe their columns/ },
    ].map((one) => ({ ...one, reason: expect.stringMatching(one.reason) })),
  );
  const pattern = left_out[0]?.pattern ?? "";
  const name = left_out[0]?.sample ?? "";
  const { content, size } = await viewer.ask("read_folder_file", { user_id, name });
  expect(size).toBe(homeMade(1).length);
  const table = guessTable(new Uint8Array(content))?.table ?? null;
  expect(table).toMatchObject({
    delimiter: ";",
    decimal_mark: ",",
    x: { column: 1, unit: "mV" },
    current_unit: "µA",
  });
  expect(await viewer.ask("match_files", { user_id, pattern, limit: 2 })).toEqual({
    total: 3,
    matching: 3,
    names: ["own_15Hz_1.txt", "own_15Hz_2.txt"],
  });

  const params = { method: "hull", direction: "up", sg_points: 15, table } as const;
  const preview = await viewer.ask("preview_file", { user_id, name, params, pattern });
  const shown = unpackVoltammograms(preview.voltammograms);
  expect(shown.map(({ electrode, frequency_hz }) => [electrode, frequency_hz])).toEqual([
    [1, 15],
    [2, 15],
  ]);

  const { session } = await viewer.ask("start_analysis_session", {
    user_id,
    filters: { pattern },
    analysisParams: params,
  });
  const session_id = session.session_id;
  const bad = homeMade(3, (rows) =>
    rows.map((row, index) => (index === 7 ? row.replace(/;[^;]*$/, ";OVL") : row)),
  );
  const lacking = homeMade(4, (rows) => rows.map((row) => row.replace(/;[^;]*$/, "")));
  const files: [string, Uint8Array][] = [
    ["own_15Hz_1.txt", homeMade(1)],
    ["own_15Hz_2.txt", homeMade(2)],
    ["own_15Hz_3.txt", bad],
    ["own_15Hz_4.txt", lacking],
  ];
  for (const [file, bytes] of files)
    expect(await agent.send(session_id, file, bytes)).toMatchObject({
      ok: true,
      value: { outcome: "stored" },
    });
  const { entries, results, notes } = await viewer.log(user_id, session_id);
  expect(entries.map(({ status }) => status)).toEqual([
    ENTRY_STATUS.analysed,
    ENTRY_STATUS.analysed,
    ENTRY_STATUS.analysed,
    ENTRY_STATUS.failed,
  ]);
  expect(
    results.map(({ offset, electrode, frequency_hz, kind }) => [
      offset,
      electrode,
      frequency_hz,
      RESULT_KINDS[kind],
    ]),
  ).toEqual([0, 1, 2].flatMap((offset) => [1, 2].map((electrode) => [offset, electrode, 15, "peak"])));
  expect(results[0]?.peak_height_a).toBe(shown[0]?.result.peak_height_a);
  expect(notes).toMatchObject([
    {
      offset: 2,
      message: expect.stringMatching(
        /^1 row was left out because of a missing or unreadable cell; .* line 10/,
      ),
    },
    {
      offset: 3,
      code: "missing_column",
      line: 3,
      message: expect.stringMatching(/Column 3 \(current of electrode 2\)/),
    },
  ]);
  const curve = await viewer.ask("get_voltammogram", { user_id, session_id, offset: 1, electrode: 2 });
  expect(unpackVoltammograms(curve.voltammograms)[0]?.result.peak_height_a).toBe(results[3]?.peak_height_a);

  const offline = await analyseOffline({ swv: params }, Object.fromEntries(files.slice(0, 3)));
  expect(offline.map(({ peak_height_a }) => peak_height_a)).toEqual(results.map((row) => row.peak_height_a));
});

/** The records of the offline command, run as a person does. */
async function analyseOffline(params: object, files: Readonly<Record<string, Uint8Array>>) {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-table-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  await writeFile(join(folder, "params.json"), JSON.stringify(params));
  const loader = join(ROOT, "node_modules/tsx/dist/loader.mjs");
  const command = [
    "--import",
    loader,
    join(ROOT, "server/analyse-cli.ts"),
    "--json",
    "--params",
    "params.json",
  ];
  const stdout = await new Promise<string>((resolve, reject) =>
    execFile(process.execPath, [...command, ...Object.keys(files)], { cwd: folder }, (error, out) =>
      error === null ? resolve(out) : reject(error),
    ),
  );
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as { peak_height_a: number }); // as the command's own help says
}
