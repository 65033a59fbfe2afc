import { describe, expect, test } from "vitest";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { DEFAULT_TREND_PARAMS } from "../../shared/protocol/trend-params.ts";
import { hasRealData, listRealFiles, readRealFile } from "../support/data.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { readyExport } from "../support/ready-export.ts";
import {
  GAMRY_CV,
  gamryCycle,
  lines,
  SWV_METHOD,
  session,
  sessionCurve,
  sessionMeasurement,
} from "../unit/formats/format-sample.ts";

type Start = "start_analysis_session" | "start_cv_analysis_session" | "start_frequency_map_session";

async function startScene(start: Start, files: Readonly<Record<string, Uint8Array>>) {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const wish = { user_id, filters: { pattern: "{*}_{n}.txt" }, analysisParams: {}, label: "Run" };
  const { session_id } = (await viewer.ask(start, wish)).session;
  for (const [name, content] of Object.entries(files)) await agent.send(session_id, name, content);
  const authorization = `Bearer ${user_id}`;
  const fetched = (ending: string, method = "GET") =>
    fetch(`${hub.url}/api/sessions/${session_id}/export.${ending}`, { method, headers: { authorization } });
  return { hub, viewer, user_id, session_id, fetched };
}

interface Document {
  readonly manifest: { readonly params: { readonly anodic?: string }; readonly remarks: readonly string[] };
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

function columnsOf({ columns, rows }: Document) {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
}

describe("exports of other techniques", () => {
  test.runIf(hasRealData())(
    "a cyclic voltammogram: a row per segment, pair numbers, every format",
    async () => {
      const [file = ""] = listRealFiles("chi-cv").filter((name) => name.endsWith(".txt"));
      const scene = await startScene("start_cv_analysis_session", { "cv_1.txt": readRealFile(file) });
      for (const format of ExportFormat.options) {
        const response = await scene.fetched(format);
        expect([format, response.status]).toEqual([format, 200]);
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(50);
      }
      const document = (await (await scene.fetched("json")).json()) as Document;
      const rows = columnsOf(document);
      const oxidation = document.manifest.params.anodic === "down" ? -1 : 1;
      const first = rows.find((row) => row.pair_peak_separation_v !== null);
      const rising = rows.find(({ sweep }) => sweep === 1)?.segment === 1 ? 1 : 2;
      const [forward, reverse] = [1, -1].map((sign) =>
        rows.find(
          (row) =>
            row.electrode === first?.electrode &&
            row.segment === (sign === 1 ? rising : 3 - rising) &&
            row.direction === sign * oxidation &&
            row.sweep === sign &&
            row.outcome === "peak",
        ),
      );
      expect(rows.length).toBeGreaterThan(1);
      expect(first?.pair_peak_separation_v).toBe(
        Number(forward?.peak_potential_v) - Number(reverse?.peak_potential_v),
      );
      const sacmes = (await (await scene.fetched("sacmes.txt")).text()).split("\r\n");
      expect(sacmes[0]).toMatch(/^File E1_Forwards_PeakHeight_\(µA\) E1_Reverse_PeakHeight_\(µA\) /);
      expect(sacmes[1]?.split(" ")).toHaveLength(sacmes[0]?.split(" ").length ?? 0);
      expect(sacmes[1]).not.toContain("nan");
    },
  );

  test("a frequency map: charge is height over frequency, and the newest of a name counts", async () => {
    const scene = await startScene("start_frequency_map_session", {
      "map_1.txt": simulatedFile(1, { frequencyHz: 50 }),
      "map_2.txt": simulatedFile(2, { frequencyHz: 200 }),
    });
    const rows = columnsOf((await (await scene.fetched("json")).json()) as Document);
    for (const row of rows) expect(row.charge_c).toBe(Number(row.peak_height_a) / Number(row.frequency_hz));
    const [head = "", ...lines] = (await (await scene.fetched("sacmes.txt")).text()).trimEnd().split("\r\n");
    expect(head.split(" ").slice(0, 3)).toEqual(["Frequency(Hz)", "PeakHeight_E1(uA)", "Charge_E1(uC)"]);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["50.0", "200.0"]);
    const height = Number(rows[0]?.peak_height_a) * 1e6;
    expect(lines[0]?.split(" ").slice(1, 3).map(Number)).toEqual([height, height / 50]);
    const { filename } = readyExport(
      await scene.viewer.ask("request_export_frequency_map_data", {
        user_id: scene.user_id,
        format: "xlsx",
      }),
    );
    expect(filename).toBe("benchcast-Run.xlsx");
    const none = await scene.viewer.request("request_export_cv_data", { user_id: scene.user_id });
    expect(none).toMatchObject({ ok: false, error: { code: "session_not_found" } });
  });

  test("several scans of one file: each row has the trend of its own scan", async () => {
    const points = Array.from({ length: 60 }, (_, k) => k);
    const measured = [1, 2, 3].map((height) => {
      const potentials = points.map((k) => -0.5 + 0.005 * k);
      const currents = points.map((k) => height * Math.exp(-(((k - 30) / 8) ** 2)));
      return sessionMeasurement(SWV_METHOD, [sessionCurve(`SWV ${height}`, potentials, currents)]);
    });
    const file = new TextEncoder().encode(session(...measured));
    const scene = await startScene("start_analysis_session", { "run_1.txt": file });
    await scene.viewer.ask("set_trend_params", {
      user_id: scene.user_id,
      session_id: scene.session_id,
      trend_params: { ...DEFAULT_TREND_PARAMS, reference: { from: 1, to: 1 } },
    });
    const rows = columnsOf((await (await scene.fetched("json")).json()) as Document);
    expect(rows.map(({ scan }) => scan)).toEqual([0, 1, 2]);
    expect(rows.map(({ normalised }) => normalised)).toEqual(
      [1, 2, 3].map((height) => expect.closeTo(height / 2, 6)),
    );
    const [, ...written] = (await (await scene.fetched("sacmes.txt")).text()).trimEnd().split("\r\n");
    const numbers = written.map((line) => Number(line.split(" ")[0]));
    expect(numbers).toEqual([1, 1 + 1 / 3, 1 + 2 / 3]);
  });

  test("cycles of one file: the SACMES layout has the first, and the manifest says so; every other format has all", async () => {
    const steps = Array.from({ length: 161 }, (_, k) => (k <= 80 ? k : 160 - k));
    const curve = (number: number) =>
      gamryCycle(
        `CURVE${number}`,
        steps.map((step, k) => {
          const peak = Math.exp(-(((step - (k <= 80 ? 42 : 38)) / 8) ** 2)) * (k <= 80 ? 1 : -1);
          return `${k}\t${(-0.4 + step * 0.01).toFixed(3)}\t${(number * 1e-6 * peak).toExponential(4)}`;
        }),
      );
    const file = new TextEncoder().encode(lines([...GAMRY_CV, ...curve(1), ...curve(2), ...curve(3)]));
    const scene = await startScene("start_cv_analysis_session", { "cv_1.txt": file });
    const document = (await (await scene.fetched("json")).json()) as Document;
    expect(new Set(columnsOf(document).map(({ scan }) => scan))).toEqual(new Set([0, 1, 2]));
    expect(document.manifest.remarks).toEqual([expect.stringContaining("first cycle")]);
    const [, ...rows] = (await (await scene.fetched("sacmes.txt")).text()).trimEnd().split("\r\n");
    expect(rows).toHaveLength(1);
  });

  test("pairs of segments of one scan: the SACMES layout has the first, and the manifest says so, where there are more", async () => {
    const sweeps = (segments: number) => {
      const rows = Array.from({ length: segments * 80 + 1 }, (_, row) => {
        const step = row % 160 <= 80 ? row % 160 : 160 - (row % 160);
        const isRising = row % 160 < 80;
        const peak = (isRising ? 1 : -1) * Math.exp(-(((step - (isRising ? 42 : 38)) / 8) ** 2));
        return `${(-0.4 + step * 0.01).toFixed(3)}, ${(1e-6 * peak).toExponential(4)}`;
      });
      const head = ["Nov. 3, 2023   09:10:00", "Cyclic Voltammetry", "Instrument Model:  CHI1040C", ""];
      const settings = ["Init E (V) = -0.4", "High E (V) = 0.4", "Low E (V) = -0.4", "Init P/N = P"];
      const more = ["Scan Rate (V/s) = 0.1", `Segment = ${segments}`, "", "Potential/V, i1/A", "", ...rows];
      return new TextEncoder().encode(lines([...head, ...settings, ...more]));
    };
    const remarks: (readonly string[])[] = [];
    for (const segments of [2, 4]) {
      const scene = await startScene("start_cv_analysis_session", { "cv_1.txt": sweeps(segments) });
      const document = (await (await scene.fetched("json")).json()) as Document;
      const found = new Set(columnsOf(document).map(({ segment }) => segment));
      expect(found.size).toBe(segments);
      remarks.push(document.manifest.remarks);
      const [, ...rows] = (await (await scene.fetched("sacmes.txt")).text()).trimEnd().split("\r\n");
      expect(rows).toHaveLength(1);
    }
    expect(remarks).toEqual([[], [expect.stringContaining("first pair of segments")]]);
  });

  test("HEAD says where it ends, a wrong question is refused by type, a stretch is a stretch", async () => {
    const scene = await startScene("start_frequency_map_session", {
      "map_1.txt": simulatedFile(1),
      "map_2.txt": simulatedFile(2),
    });
    const head = await scene.fetched("csv", "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("x-benchcast-end")).toBe("2");
    const epoch = head.headers.get("x-benchcast-epoch") ?? "";
    const code = async (query: string) => {
      const response = await scene.fetched(`csv?${query}`);
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await code("electrod=1")).toEqual([400, "invalid_message"]);
    expect(await code("since=-1")).toEqual([400, "invalid_message"]);
    expect(await code("since=3")).toEqual([400, "invalid_message"]);
    expect(await code("until=3")).toEqual([400, "invalid_message"]);
    expect(await (await scene.fetched("csv?since=3")).text()).toContain("The log ends at offset 2: “since”");
    expect(await code(`since=3&epoch=${epoch}`)).toEqual([409, "epoch_changed"]);
    const nothing = await (await scene.fetched("csv?since=2")).text();
    expect(nothing.trimEnd().split("\r\n")).toHaveLength(1);
    expect(await code("since=1&epoch=another")).toEqual([409, "epoch_changed"]);
    expect(await code("version=7")).toEqual([410, "version_gone"]);
    const rest = await scene.fetched(`csv?since=1&epoch=${epoch}&electrode=2`);
    const lines = (await rest.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^1,map_2\.txt,/);
    const described = /<([^>]+)>/.exec(rest.headers.get("link") ?? "")?.[1] ?? "";
    const manifest = await fetch(scene.hub.url + described, {
      headers: { authorization: `Bearer ${scene.user_id}` },
    });
    expect(await manifest.json()).toMatchObject({
      log: { since: 1, end: 2 },
      electrode: 2,
      rows: 1,
      complete: false,
      file_list: [{ offset: 1, name: "map_2.txt" }],
    });
  });
});
