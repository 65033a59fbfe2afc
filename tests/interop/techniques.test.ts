import { expect, test } from "vitest";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { RESULT_KINDS, resultTableOf } from "../../shared/protocol/log-tables.ts";
import { startSessionOn } from "../support/analysis-scene.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { assertClassic, assertRawFiles, type SentFiles } from "./agreement.ts";
import {
  type Exported,
  found,
  numberCell,
  type ReadCell,
  type ReadExports,
  readBack,
  sheetOf,
} from "./reading.ts";
import { type TechniqueRun, techniqueRuns } from "./technique-runs.ts";

/** Fields that the tidy table says in another way. */
const SAID_OTHERWISE = ["offset", "kind", "flags"];
/** Whole numbers come out of Parquet as such. */
const WHOLE = ["scan", "electrode", "segment", "sweep", "direction"];

/** A run that the hub has analysed. */
interface Analysed extends Exported {
  readonly name: string;
  readonly technique: SessionTechnique;
  readonly rows: readonly Readonly<Record<string, number>>[];
  /** Names in the order of the log. */
  readonly log: readonly string[];
  readonly sent: SentFiles;
  readonly remark: RegExp;
}

test("[I7] runs of every technique and method are read back by other programs, in every format, as the log has them", async () => {
  const hub = await startHub();
  const runs: Analysed[] = [];
  for (const [name, run] of Object.entries(techniqueRuns())) runs.push(await analyse(hub, name, run));
  const read = await readBack(runs);
  for (const [index, run] of runs.entries()) assertRun(run, read[index] as ReadExports); // one for each run
});

/** The second file is excluded. */
async function analyse(hub: TestHub, name: string, run: TechniqueRun): Promise<Analysed> {
  const { technique, pattern, params = {}, files, trends, remark = /^$/ } = run;
  const scene = await startSessionOn(hub.url, { technique, pattern, params });
  const { viewer, user_id, session_id } = scene;
  for (const [file, content, mtime_ms] of files) await scene.send(file, content, mtime_ms);
  const change = {
    do: "add",
    note_id: "a-note-of-this-test",
    kind: "exclude",
    at: { offset: 1 },
    text: "bubble",
  } as const;
  await viewer.ask("annotate", { user_id, session_id, change });
  if (trends !== undefined)
    await viewer.ask("set_trend_params", { user_id, session_id, trend_params: trends });
  const address = `${hub.url}/api/sessions/${session_id}`;
  const formats = ExportFormat.options.filter((format) => format !== "sacmes.txt" || technique !== "ca");
  return {
    name,
    technique,
    rows: await scene.rows(),
    log: files.map(([file]) => file),
    sent: new Map(files.map(([file, content]) => [file, [content]])),
    address,
    credential: user_id,
    formats,
    remark,
  };
}

/** Every number of the log, to the bit, in every tidy format; the classic layout as it follows from them. */
function assertRun(run: Analysed, read: ReadExports): void {
  const { name, rows, technique } = run;
  expect(rows.length, name).toBeGreaterThan(1);
  const doubles = expectedRows(run, (_field, value) => numberCell(value));
  expect(found(read.csv, doubles), name).toEqual(doubles);
  expect(found(read.json, doubles), name).toEqual(doubles);
  expect(found(read.zip.results, doubles), name).toEqual(doubles);
  for (const electrode of new Set(rows.map((row) => row.electrode ?? Number.NaN))) {
    const own = doubles.filter((_, index) => rows[index]?.electrode === electrode);
    expect(found(sheetOf(read.xlsx, `Electrode ${electrode}`), own), name).toEqual(own);
  }
  const typed = expectedRows(run, (field, value) =>
    WHOLE.includes(field) && !Number.isNaN(value) ? value : numberCell(value),
  );
  expect(found(read.parquet, typed), name).toEqual(typed);
  expect(read.json.manifest.remarks.join(" "), name).toMatch(run.remark);
  assertRawFiles(name, read.zip, run.log, run.sent);
  if (technique !== "ca") assertClassic(name, read);
}

function expectedRows(
  { technique, rows }: Analysed,
  cell: (field: string, value: number) => ReadCell,
): Record<string, ReadCell>[] {
  const fields = resultTableOf(technique).fields.filter((field) => !SAID_OTHERWISE.includes(field));
  return rows.map((row) => ({
    ...Object.fromEntries(fields.map((field) => [field, cell(field, row[field] ?? Number.NaN)])),
    outcome: RESULT_KINDS[row.kind ?? -1] ?? null,
    excluded: row.offset === 1,
    reason: row.offset === 1 ? "bubble" : null,
  }));
}
