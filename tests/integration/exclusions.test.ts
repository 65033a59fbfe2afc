import { expect, test } from "vitest";
import { EntryTable, ResultTable } from "../../shared/protocol/log-tables.ts";
import { DerivedTrends } from "../../shared/trends/derived-trends.ts";
import { CollectedLog } from "../../shared/trends/trend-log.ts";
import { type AnalysisScene, startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";

const content = (n: number) => simulatedFile(n, { step_v: 0.005, electrodes: 1 });
const [A, B, OTHER] = [content(1), content(2), content(3)];

/** A session whose second file is excluded, then measured anew, then written back. */
async function startScene() {
  const { hub, ...scene } = await startAnalysis({ params: { direction: "up", sg_points: 15 } });
  const { viewer, user_id, session_id, send } = scene;
  await send("swv_1.txt", OTHER);
  await send("swv_2.txt", A);
  const change = {
    do: "add",
    note_id: "a-note-of-this-test",
    kind: "exclude",
    at: { offset: 1 },
    text: "Air bubble",
  } as const;
  await viewer.ask("annotate", { user_id, session_id, change });
  const exported = async (ending: string) => {
    const headers = { authorization: `Bearer ${user_id}` };
    const response = await fetch(`${hub.url}/api/sessions/${session_id}/export.${ending}`, { headers });
    expect(response.status).toBe(200);
    return response.text();
  };
  return { ...scene, exported };
}

/** Which rows of a CSV do not count: offset, and whether it is marked, with its reason. */
function excludedRows(csv: string): (readonly [string, string, string])[] {
  const [head = "", ...lines] = csv.trim().split("\r\n");
  const at = (line: string, name: string) => line.split(",")[head.split(",").indexOf(name)] ?? "";
  return lines.map((line) => [at(line, "offset"), at(line, "excluded"), at(line, "reason")]);
}

/** As the viewer has it: values of all files in the order of their keys. */
async function derivedHere({ viewer, user_id, session_id }: AnalysisScene): Promise<DerivedTrends> {
  const log = new CollectedLog();
  const part = await viewer.ask("read_log", { user_id, session_id, since: 0 });
  log.add(part.names, EntryTable.read(part.entries), ResultTable.read(part.results));
  const { notes, trend_params } = await viewer.ask("read_notes", { user_id, session_id, since_rev: 0 });
  return new DerivedTrends(log, notes, trend_params);
}

const counts = (derived: DerivedTrends) =>
  Array.from(derived.value(1, 15).values, (value) => !Number.isNaN(value));

test("an exclusion is of a measurement: a file that was measured anew counts, the same bytes again do not", async () => {
  const scene = await startScene();
  const { send, exported } = scene;
  expect(counts(await derivedHere(scene))).toEqual([true, false]);

  await send("swv_2.txt", B);
  expect(counts(await derivedHere(scene))).toEqual([true, true]);
  expect(excludedRows(await exported("csv"))).toEqual([
    ["0", "false", ""],
    ["1", "true", "Air bubble"],
    ["2", "false", ""],
  ]);

  await send("swv_2.txt", A);
  expect(counts(await derivedHere(scene))).toEqual([true, false]);
  const rows = excludedRows(await exported("csv"));
  expect(rows[3]).toEqual(["3", "true", "Air bubble"]);
  // Also in a stretch that begins behind the file that was excluded.
  expect(excludedRows(await exported("csv?since=2"))).toEqual(rows.slice(2));
});

test("it holds for the same bytes under another name, and in the classic layout", async () => {
  const { exported, ...scene } = await startScene();
  await scene.send("swv_3.txt", A);
  await scene.send("swv_4.txt", B);
  expect(counts(await derivedHere(scene))).toEqual([true, false, false, true]);
  const [, ...lines] = (await exported("sacmes.txt")).trim().split(/\r?\n/);
  // Number and height; what stands between is the time.
  const heights = lines.map((line) => line.split(" ").filter((_, column) => column === 0 || column === 2));
  expect(heights).toEqual([
    ["1", expect.stringMatching(/^0\.\d+$/)],
    ["2", "nan"],
    ["3", "nan"],
    ["4", expect.stringMatching(/^0\.\d+$/)],
  ]);
});
