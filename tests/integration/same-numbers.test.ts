import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { pairsOfRows } from "../../shared/analysis/pairs-of-rows.ts";
import {
  type AnalysisParams,
  paramsSchemaOf,
  type SessionTechnique,
} from "../../shared/protocol/analysis-params.ts";
import { RESULT_KINDS, resultTableOf, type SweepResultRow } from "../../shared/protocol/log-tables.ts";
import type { EntryNote } from "../../shared/protocol/viewer-events.ts";
import { type AnalysisScene, startAnalysis } from "../support/analysis-scene.ts";
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
import { type OfflineNumbers, offlineNumbers } from "../support/offline-numbers.ts";

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
    params: { method: "classic", fit: "legacy" },
    other: { method: "classic" },
  },
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
    // No file has that many segments: each says so.
    params: { anodic: "up", probes_v: [-0.3], pairs: [1, 99] },
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

/** The bytes of a case's files by name. */
function filesOf({ folders, made }: Case): Map<string, Uint8Array> {
  if (made !== undefined)
    return new Map(Object.entries(made).map(([name, text]) => [name, new TextEncoder().encode(text)]));
  const names = folders.split(" ").flatMap((folder) => listRealFiles(folder));
  return new Map(names.map((name) => [name.replaceAll("/", "~"), readRealFile(name)]));
}

type AnyRow = Readonly<Record<string, number | null | undefined>>;

/** One row with every column of its table but the offset, and the file's name instead; NaN, null and left out are one. */
function lineOf(file: string, row: AnyRow, columns: readonly string[]): string {
  const cells = columns.map((column) => {
    const value = row[column] ?? Number.NaN;
    // The command tells flags by their names, and so not whether none are set or none were looked for.
    return Number.isNaN(value) || (column === "flags" && value === 0) ? "" : String(value);
  });
  return [file, ...cells].join(" ");
}

function hash(lines: readonly string[]): string {
  return createHash("sha256").update(lines.toSorted().join("\n")).digest("hex");
}

const PAIR_COLUMNS = [
  ...["scan", "electrode", "segment"],
  ...["peak_separation_v", "half_wave_potential_v", "height_ratio", "nicholson_ratio"],
];

/** Pairs of segments as screen and exports derive them from the rows of the log. */
function pairLines(files: readonly string[], rows: readonly AnyRow[], params: AnalysisParams): string[] {
  if (!("probes_v" in params)) return [];
  const groups = new Map<string, SweepResultRow[]>();
  for (const row of rows as SweepResultRow[]) {
    const group = [row.offset, row.scan, row.electrode].join(" ");
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const isDesktop = params.method === "desktop";
  return [...groups.values()].flatMap((group) => {
    const [{ offset, scan, electrode }] = group as [SweepResultRow];
    const pairs = pairsOfRows(group, electrode, params, ({ kind }) => RESULT_KINDS[kind] === "peak");
    return pairs.map(({ segment, forward, reverse, ...numbers }) => {
      // That program has only the distance of the two peaks.
      const distance = numbers.peak_separation_v === null ? null : Math.abs(numbers.peak_separation_v);
      const own = isDesktop ? { peak_separation_v: distance } : numbers;
      return lineOf(files[offset] ?? "", { scan, electrode, segment, ...own }, PAIR_COLUMNS);
    });
  });
}

/** Everything of a version of the session's results: rows, derived pairs and notes. */
async function logged(scene: AnalysisScene, technique: SessionTechnique, files: readonly string[]) {
  const rows = await scene.rows();
  const { params } = await scene.session();
  const columns = resultTableOf(technique).fields.filter((field) => field !== "offset");
  // Which way a segment goes the command does not repeat where it tells the desktop program's numbers.
  const toldOffline = columns.filter((column) => !(params.method === "desktop" && column === "sweep"));
  const notes = await scene.notes();
  const lines = (wanted: readonly string[]) =>
    rows.map((row) => lineOf(files[row.offset ?? -1] ?? "", row, wanted));
  return {
    toldOffline,
    rows: lines(columns),
    rowsOffline: lines(toldOffline),
    bytes: rows.map((row) => JSON.stringify(row)),
    pairs: pairLines(files, rows, params),
    notes: notes.map((note) => JSON.stringify(note)),
    told: notes.filter(({ code }) => code !== "other_technique").map((note) => spoken(note, files)),
  };
}

type Logged = Awaited<ReturnType<typeof logged>>;

/** Raw, smoothed and baseline values of the curves of the first and the last file that has rows. */
async function curves(scene: AnalysisScene): Promise<string[]> {
  const offsets = (await scene.rows()).map(({ offset }) => offset ?? -1);
  const shown = [...new Set([Math.min(...offsets), Math.max(...offsets)])];
  return Promise.all(shown.map((offset) => curveHash(scene, offset)));
}

async function curveHash({ viewer, user_id, session_id }: AnalysisScene, offset: number): Promise<string> {
  const asked = { user_id, session_id, offset };
  const { voltammograms } = await viewer.ask("get_voltammogram", asked);
  const { heads, columns, results } = voltammograms;
  expect(heads.length).toBeGreaterThan(0);
  const bytes = [columns, results].map((part) => Buffer.from(new Uint8Array(part)).toString("base64"));
  return hash([JSON.stringify(heads), ...bytes]);
}

/** A note as the command says it. */
function spoken({ offset, code, message, line }: EntryNote, files: readonly string[]): string {
  return `${files[offset]}${code === "warning" || line === null ? "" : `:${line}`}: ${message}`;
}

describe("the same bytes and parameters give the same numbers", () => {
  test.each(CASES.filter(({ made }) => made !== undefined || hasRealData()))(
    "$technique $params over $folders: live, offline and analysed anew",
    async (wish) => {
      const { technique, other } = wish;
      const params = paramsSchemaOf(technique).parse(wish.params);
      const files = filesOf(wish);
      const names = [...files.keys()];
      const scene = await startAnalysis({ technique, params, pattern: "{*}/{*}" });
      for (const [name, content] of files) await scene.send(`a/${name}`, content);
      const live = await logged(scene, technique, names);
      const drawn = await curves(scene);
      expect(live.rows.length).toBeGreaterThan(0);
      // Every file of a case that is made gives rows with numbers; of the real ones some are other techniques.
      if (wish.made !== undefined)
        expect(names.filter((name) => !live.rows.some((one) => one.startsWith(`${name} `)))).toEqual([]);
      expectOffline(await offlineNumbers(technique, files, params), live);
      expect(await scene.reanalyse(other)).toMatchObject({ state: "done" });
      expect(hash((await logged(scene, technique, names)).rows)).not.toBe(hash(live.rows));
      expect(await scene.reanalyse(params)).toMatchObject({ state: "done" });
      const again = await logged(scene, technique, names);
      for (const part of ["rows", "bytes", "pairs", "notes"] as const)
        expect(hash(again[part]), part).toBe(hash(live[part]));
      expect(await curves(scene)).toEqual(drawn);
      expect(await scene.session()).toMatchObject({ version: 3, params });
    },
    // Two programs and three analyses of every file: minutes on a machine that is busy.
    600_000,
  );
});

/** Every column, every pair, and each warning and failure word for word. */
function expectOffline({ rows, pairs, said }: OfflineNumbers, live: Logged): void {
  const found = rows.map(({ file, row }) => lineOf(file, row, live.toldOffline)).toSorted();
  expect(found.slice(0, 3)).toEqual(live.rowsOffline.toSorted().slice(0, 3));
  expect(hash(found)).toBe(hash(live.rowsOffline));
  expect(hash(pairs.map(({ file, pair }) => lineOf(file, pair, PAIR_COLUMNS)))).toBe(hash(live.pairs));
  expect(live.told.filter((note) => !said.includes(note))).toEqual([]);
}
