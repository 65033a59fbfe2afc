import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { paramsSchemaOf, type SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import { startAnalysis } from "../support/analysis-scene.ts";
import { hasRealData, listRealFiles, readRealFile } from "../support/data.ts";
import {
  chiDecay,
  eclabDecay,
  gamryDecay,
  novaDecay,
  plainDecay,
  pstraceDecay,
  someDecay,
} from "../support/decay-files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

interface Case {
  readonly technique: SessionTechnique;
  /** Of the real files, or a name for those that are `made`. */
  readonly folders: string;
  readonly made?: Readonly<Record<string, string>>;
  readonly params: object;
  readonly other: object;
}

const TABLE = { skip_lines: 1, decimal_mark: ".", missing: [] };
const column = (electrode: number, current: number) => ({ electrode, current, forward: null, reverse: null });

const CASES: readonly Case[] = [
  {
    technique: "swv",
    folders: "chi-swv-single-electrode",
    params: { direction: "down", sg_points: 7 },
    other: { method: "classic" },
  },
  { technique: "swv", folders: "chi-swv-two-frequency", params: { method: "classic" }, other: {} },
  {
    technique: "swv",
    folders: "chi-swv-two-frequency",
    params: { method: "sacmes-web", hampel: "auto" },
    other: {},
  },
  {
    technique: "frequency-map",
    folders: "chi-swv-frequency-scan/30Hz",
    params: { direction: "up", sg_points: 9 },
    other: {},
  },
  {
    technique: "dpv",
    folders: "chi-dpv",
    params: { direction: "up", sg_points: 9 },
    other: { method: "sacmes-web" },
  },
  {
    technique: "cv",
    folders: "chi-cv",
    params: { anodic: "up", probes_v: [-0.3] },
    other: { method: "desktop" },
  },
  { technique: "cv", folders: "gamry-dta-cv", params: { method: "tangent", anodic: "up" }, other: {} },
  {
    technique: "cv",
    folders: "palmsens-csv-cv",
    params: { method: "desktop", forward_direction: "up" },
    other: {},
  },
  { technique: "lsv", folders: "biologic-mpt", params: { anodic: "up" }, other: { method: "tangent" } },
  {
    technique: "cv",
    folders: "autolab-nova/truejulosdu13--Electrochemistry biologic-mpt palmsens-pssession",
    params: { anodic: "up" },
    other: { method: "desktop" },
  },
  {
    technique: "cv",
    folders: "other-text",
    params: {
      method: "tangent",
      anodic: "up",
      table: {
        ...TABLE,
        delimiter: "\t",
        x: { column: 1, unit: "V" },
        currents: [column(1, 2), column(2, 3)],
        current_unit: "µA",
      },
    },
    other: { method: "desktop" },
  },
  {
    technique: "swv",
    folders: "palmsens-pssession gamry-dta-swv chi-swv-cv-interleaved",
    params: { direction: "up", sg_points: 5, skip_start: 0, min_snr: 0 },
    other: { method: "sacmes-web" },
  },
  { technique: "dpv", folders: "palmsens-pssession", params: { method: "classic" }, other: {} },
  { technique: "ca", folders: "gamry-dta-ca biologic-mpt", params: {}, other: { model: "bi" } },
  {
    technique: "ca",
    folders: "decays of CHI, NOVA, PSTrace, Gamry and EC-Lab",
    made: {
      "chi.txt": chiDecay(someDecay(2)),
      "nova.txt": novaDecay(someDecay(2)),
      "pstrace.csv": pstraceDecay(someDecay(2)),
      "gamry.DTA": gamryDecay(someDecay()),
      "eclab.mpt": eclabDecay(someDecay()),
    },
    params: { model: "bi", background: "sacmes" },
    other: { fit_window_s: [0.1, 0.6] },
  },
  {
    technique: "ca",
    folders: "a table of ms and nA",
    made: { "plain.txt": plainDecay(someDecay(2)) },
    params: {
      fit_window_s: [0, 0.8],
      table: {
        ...TABLE,
        delimiter: " ",
        x: { column: 1, unit: "ms" },
        currents: { electrodes: 2, spacing: 1, current: 2, forward: null, reverse: null },
        current_unit: "nA",
      },
    },
    other: { model: "bi" },
  },
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
const COMPARED_OF_DECAYS = [
  "kind",
  "lifetime_s",
  "half_life_s",
  "amplitude_a",
  "lifetime_2_s",
  "amplitude_2_a",
  "background_a",
  "residual_sd_a",
  "points",
];

type Row = Readonly<Record<string, unknown>>;

function line(technique: SessionTechnique, file: string, row: Row): string {
  const place = [row.scan, row.electrode, row.segment ?? "", row.direction ?? ""];
  const compared = technique === "ca" ? COMPARED_OF_DECAYS : COMPARED;
  const numbers = compared.map((name) =>
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
  if (record.record === "peak" || record.record === "decay")
    return [{ ...numbered(record), scan, electrode, direction: "" }];
  const { params } = record as unknown as { params: { forward_segment: number; reverse_segment: number } };
  return (["forward", "reverse"] as const).flatMap((sweep) => {
    const found = record[sweep] as unknown as { direction: string; peak: Row } | null;
    const segment = sweep === "forward" ? params.forward_segment : params.reverse_segment;
    const direction = found?.direction === "up" ? 1 : -1;
    return found === null ? [] : [{ scan, electrode, segment, direction, ...numbered(found.peak) }];
  });
}

/** The bytes of a case's files by name. */
function filesOf({ folders, made }: Case): Map<string, Uint8Array> {
  if (made !== undefined)
    return new Map(Object.entries(made).map(([name, text]) => [name, new TextEncoder().encode(text)]));
  const names = folders.split(" ").flatMap((folder) => listRealFiles(folder));
  return new Map(names.map((name) => [name.replaceAll("/", "~"), readRealFile(name)]));
}

async function offline(technique: SessionTechnique, files: Map<string, Uint8Array>, params: object) {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-params-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  const settings = join(folder, "params.json");
  const kind = technique === "ca" ? "ca" : technique === "cv" || technique === "lsv" ? "cv" : "swv";
  await writeFile(settings, JSON.stringify({ [kind]: params, pattern: "{*}" }));
  const args = ["--import", "tsx", "server/analyse-cli.ts", "--json", "--params", settings];
  const options = { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 };
  const paths = [...files.keys()].map((name) => join(folder, name));
  // Files that hold no measurement are named, and end the command with 1; the others are there all the same.
  const { stdout } = await run(process.execPath, [...args, ...paths], options).catch((error) => error);
  const wanted = technique === "frequency-map" ? "swv" : technique;
  return String(stdout)
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text))
    .filter((record) => record.technique === wanted)
    .flatMap((record) => rowsOf(record).map((row) => line(technique, basename(record.file), row)));
}

describe("the same bytes and parameters give the same numbers", () => {
  test.each(CASES.filter(({ made }) => made !== undefined || hasRealData()))(
    "$technique $params over $folders: live, offline and analysed anew",
    async (wish) => {
      const { technique, other } = wish;
      const params = paramsSchemaOf(technique).parse(wish.params) as object;
      const files = filesOf(wish);
      const names = [...files.keys()];
      const scene = await startAnalysis({ technique, params, pattern: "{*}/{*}" });
      for (const [name, content] of files) await scene.send(`a/${name}`, content);
      const named = async () =>
        (await scene.rows()).map((row) => line(technique, names[row.offset ?? 0] ?? "", row));
      const live = await named();
      expect(live.length).toBeGreaterThan(0);
      // Every file of a case that is made gives rows with numbers; of the real ones some are other techniques.
      if (wish.made !== undefined)
        expect(names.filter((name) => !live.some((one) => one.startsWith(`${name} `)))).toEqual([]);
      expect(hash(await offline(technique, files, params))).toBe(hash(live));
      expect(await scene.reanalyse(other)).toMatchObject({ state: "done" });
      expect(hash(await named())).not.toBe(hash(live));
      expect(await scene.reanalyse(params)).toMatchObject({ state: "done" });
      expect(hash(await named())).toBe(hash(live));
      expect(await scene.session()).toMatchObject({ version: 3, params });
    },
    // Two programs and three analyses of every file: minutes on a machine that is busy.
    600_000,
  );
});
