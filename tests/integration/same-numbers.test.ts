import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { paramsSchemaOf, type SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import { startAnalysis } from "../support/analysis-scene.ts";
import { hasRealData, listRealFiles, readRealFile, realDataPath } from "../support/data.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

interface Case {
  readonly technique: SessionTechnique;
  readonly folder: string;
  readonly params: object;
  readonly other: object;
}

const CASES: readonly Case[] = [
  {
    technique: "swv",
    folder: "chi-swv-single-electrode",
    params: { direction: "down", sg_points: 7 },
    other: { method: "classic" },
  },
  { technique: "swv", folder: "chi-swv-two-frequency", params: { method: "classic" }, other: {} },
  {
    technique: "swv",
    folder: "chi-swv-two-frequency",
    params: { method: "sacmes-web", hampel: "auto" },
    other: {},
  },
  {
    technique: "frequency-map",
    folder: "chi-swv-frequency-scan/30Hz",
    params: { direction: "up", sg_points: 9 },
    other: {},
  },
  {
    technique: "dpv",
    folder: "chi-dpv",
    params: { direction: "up", sg_points: 9 },
    other: { method: "sacmes-web" },
  },
  {
    technique: "cv",
    folder: "chi-cv",
    params: { anodic: "up", probes_v: [-0.3] },
    other: { method: "desktop" },
  },
  { technique: "cv", folder: "gamry-dta-cv", params: { method: "tangent", anodic: "up" }, other: {} },
  {
    technique: "cv",
    folder: "palmsens-csv-cv",
    params: { method: "desktop", forward_direction: "up" },
    other: {},
  },
  { technique: "lsv", folder: "biologic-mpt", params: { anodic: "up" }, other: { method: "tangent" } },
];

/** What every path must agree on, to the last bit. */
const COMPARED = [
  "kind",
  "peak_potential_v",
  "peak_height_a",
  "peak_area_av",
  "charge_c",
  "half_width_v",
  "snr",
];

type Row = Readonly<Record<string, unknown>>;

function line(file: string, row: Row): string {
  const place = [row.scan, row.electrode, row.segment ?? "", row.direction ?? ""];
  const numbers = COMPARED.map((name) =>
    typeof row[name] === "number" && !Number.isNaN(row[name]) ? row[name] : "",
  );
  return [file, ...place, ...numbers].join(" ");
}

function hash(lines: readonly string[]): string {
  return createHash("sha256").update(lines.toSorted().join("\n")).digest("hex");
}

/** Records of the offline command as rows. */
function rowsOf(record: Record<string, never> & Row): Row[] {
  const { scan, electrode } = record;
  const numbered = (outcome: Row) => ({
    ...outcome,
    kind: RESULT_KINDS.indexOf((outcome.reason ?? outcome.outcome ?? outcome.kind) as never),
  });
  const both = (segment: Record<string, Row> | null) =>
    segment === null
      ? []
      : (["up", "down"] as const).map((way) => ({
          ...numbered(segment[way] ?? {}),
          scan,
          electrode,
          segment: segment.number,
          direction: way === "up" ? 1 : -1,
        }));
  if (record.record === "segment-pair")
    return [...both(record.forward ?? null), ...both(record.reverse ?? null)];
  if (record.record === "peak") return [{ ...numbered(record), scan, electrode, direction: "" }];
  const { params } = record as unknown as { params: { forward_segment: number; reverse_segment: number } };
  return (["forward", "reverse"] as const).flatMap((sweep) => {
    const found = record[sweep] as unknown as { direction: string; peak: Row } | null;
    const segment = sweep === "forward" ? params.forward_segment : params.reverse_segment;
    const direction = found?.direction === "up" ? 1 : -1;
    return found === null ? [] : [{ scan, electrode, segment, direction, ...numbered(found.peak) }];
  });
}

async function offline(technique: SessionTechnique, files: readonly string[], params: object) {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-params-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const settings = join(folder, "params.json");
  const kind = technique === "cv" || technique === "lsv" ? "cv" : "swv";
  await writeFile(settings, JSON.stringify({ [kind]: params, pattern: "{*}" }));
  const args = ["--import", "tsx", "server/analyse-cli.ts", "--json", "--params", settings];
  const options = { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 };
  // Files that hold no measurement are named, and end the command with 1; the others are there all the same.
  const { stdout } = await run(process.execPath, [...args, ...files.map(realDataPath)], options).catch(
    (error) => error,
  );
  const wanted = technique === "frequency-map" ? "swv" : technique;
  return String(stdout)
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text))
    .filter((record) => record.technique === wanted)
    .flatMap((record) => {
      const file = files.find((name) => realDataPath(name) === record.file) ?? "";
      return rowsOf(record).map((row) => line(file, row));
    });
}

describe.runIf(hasRealData())("the same bytes and parameters give the same numbers", () => {
  test.each(CASES)(
    "$technique $params over $folder: live, offline and analysed anew",
    async (wish) => {
      const { technique, folder, other } = wish;
      const params = paramsSchemaOf(technique).parse(wish.params) as object;
      const files = listRealFiles(folder);
      const scene = await startAnalysis({ technique, params, pattern: "{*}/{*}" });
      const label = (name: string) => `a/${name.replaceAll("/", "~")}`;
      for (const name of files) await scene.send(label(name), readRealFile(name));
      const named = async () => (await scene.rows()).map((row) => line(files[row.offset ?? 0] ?? "", row));
      const live = await named();
      expect(live.length).toBeGreaterThan(0);
      expect(hash(await offline(technique, files, params))).toBe(hash(live));
      expect(await scene.reanalyse(other)).toMatchObject({ state: "done" });
      expect(await scene.reanalyse(params)).toMatchObject({ state: "done" });
      expect(hash(await named())).toBe(hash(live));
      expect(await scene.session()).toMatchObject({ version: 3, params });
    },
    120_000,
  );
});
