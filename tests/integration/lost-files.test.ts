import { expect, test } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";

const HZ = [15, 200] as const;
const content = (n: number) =>
  simulatedFile(n, { step_v: 0.005, electrodes: 1, frequencyHz: HZ[(n + 1) % 2] ?? 15 });

/** The KDM that an export tells, by file number, of a log whose files alternate between two frequencies. */
async function exportedKdm(files: ReadonlyMap<number, Uint8Array>): Promise<Map<number, string>> {
  const { hub, viewer, user_id, session_id, send } = await startAnalysis({
    pattern: "swv_{n}.txt",
    params: { direction: "up", sg_points: 15 },
  });
  for (const [n, bytes] of files) await send(`swv_${n}.txt`, bytes);
  const { trend_params } = await viewer.ask("read_notes", { user_id, session_id, since_rev: 0 });
  const ranked = { ...trend_params, pairing: "rank", reference: { from: 1, to: 1 } } as const;
  await viewer.ask("set_trend_params", { user_id, session_id, trend_params: ranked });
  const headers = { authorization: `Bearer ${user_id}` };
  const response = await fetch(`${hub.url}/api/sessions/${session_id}/export.csv`, { headers });
  const [head = "", ...lines] = (await response.text()).trim().split("\r\n");
  const cell = (line: string, name: string) => line.split(",")[head.split(",").indexOf(name)] ?? "";
  const values = lines.map((line) => [Number(cell(line, "file_number")), cell(line, "kdm")] as const);
  return new Map(values.filter(([, kdm]) => kdm !== ""));
}

test("a cut file whose header alone would have told its frequency takes its own pair along, and no other", async () => {
  const files = new Map(Array.from({ length: 12 }, (_, index) => [index + 1, content(index + 1)]));
  const whole = await exportedKdm(files);
  expect([...whole.keys()]).toEqual([2, 4, 6, 8, 10, 12]);
  const left = await exportedKdm(new Map([...files, [5, content(5).subarray(0, 40)]]));
  whole.delete(6);
  expect(left).toEqual(whole);
});
