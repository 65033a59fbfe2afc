import { describe, expect, it } from "vitest";
import { hasRealData, listRealFiles, readRealFile } from "../../support/data.ts";
import { proposeFor } from "./memory-folder.ts";

/** Real files as one lab's folder would hold them, all copied at one time, and what must be proposed for them. */
interface Folder {
  readonly proposals: readonly (readonly [pattern: string, summary: string, technique: string])[];
  /** What a person must be told, in any of the proposals. */
  readonly remarks?: readonly RegExp[];
  readonly left_out?: readonly RegExp[];
}

const COPIED = /written at nearly the same time, as copies are/;
const AMBIGUOUS_DATE = /may mean day\/month or month\/day/;

const FOLDERS: Readonly<Record<string, Folder>> = {
  "chi-swv-series-2electrode": {
    proposals: [
      ["25uM_PYO_transfer_SWV_{n}.txt", "SWV, 300 Hz, 2 electrodes, 50 files", "swv"],
      ["100uM_PYO_transfer_SWV_{n}.txt", "SWV, 300 Hz, 2 electrodes, 50 files", "swv"],
    ],
  },
  "chi-swv-cv-interleaved": {
    proposals: [
      ["swv_{n}.txt", "SWV, 300 Hz, 2 electrodes, 20 files", "swv"],
      ["gc_{n}.txt", "CV, 3 mV/s, 2 electrodes, 20 files", "cv"],
    ],
  },
  "chi-swv-frequency-scan": {
    proposals: [["{f}Hz/{*}_{*}_{n}.txt", "SWV, 8 frequencies 30 to 100 Hz, 2 electrodes, 80 files", "swv"]],
    remarks: [
      /30Hz\/30_0_0.txt and 30Hz\/30_10_0.txt are both number 0\. .* as \{f\}Hz\/\{\*\}_10_\{n\}\.txt/,
    ],
    left_out: [/binary form/],
  },
  "chi-swv-two-frequency": {
    proposals: [
      ["{n}uM_PYO_soak_SWV.txt", "SWV, 15 Hz, 2 electrodes, 3 files", "swv"],
      ["{n}uM_PYO_soak_SWVfast.txt", "SWV, 300 Hz, 2 electrodes, 3 files", "swv"],
    ],
    remarks: [/The number before “uM” was taken as the file number/],
  },
  "chi-swv-single-electrode": {
    proposals: [
      ["Pbp{n}.csv", "SWV, 3 frequencies 30 to 250 Hz, 1 electrode, 4 files", "swv"],
      ["Apt{n}.csv", "SWV, 10 Hz, 1 electrode, 2 files", "swv"],
    ],
    remarks: [/clock runs backwards between Pbp1.csv and Pbp3.csv/],
  },
  "chi-dpv": {
    proposals: [
      ["APBA {*} Seg 100 uM DA SER - {n} min.txt", "DPV, 1 electrode, 4 files", "dpv"],
      ["DPV-{*}-Trp-{n}min.txt", "DPV, 1 electrode, 4 files", "dpv"],
      ["APBA {n} Seg 100 uM DA SER WASH - 10 min.txt", "DPV, 1 electrode, 2 files", "dpv"],
    ],
    remarks: [/DPV-2-Trp-0min.txt and DPV-3-Trp-0min.txt are both number 0\. .* as DPV-3-Trp-\{n\}min\.txt/],
  },
  "chi-cv/DKN-lab--phz_eDNA_2019": {
    proposals: [
      ["1uM_PCN_noO{n}.txt", "CV, 100 mV/s, 1 electrode, 1 file", "cv"],
      ["10uM_PCN_noDNA.txt", "CV, 100 mV/s, 1 electrode, 1 file", "cv"],
    ],
  },
  "chi-cv/SammysStacks--Cyclic-Voltammetry-Analysis": {
    proposals: [["Pb{n}.txt", "CV, 50 mV/s, 1 electrode, 1 file", "cv"]],
  },
  "chi-cv/eancedeg--pyVoltammogram": {
    proposals: [["cv sb-5(-1800a1400) 200 mvs.txt", "CV, 200 mV/s, 1 electrode, 1 file", "cv"]],
  },
  "chi-cv/wsyxbcl--pyCV": { proposals: [["cv_sample.txt", "CV, 10 mV/s, 1 electrode, 1 file", "cv"]] },
  "chi-other-technique": { proposals: [], left_out: [/impedance, which is recognised but not analysed/] },
  "palmsens-csv-cv/gcarrascohuertas--electrochemical_ECSA_processing_palmsens": {
    proposals: [
      ["ECSA_0005mV/scan{n}-SWV.csv", "CV, 1 electrode, 4 files", "cv"],
      ["ECSA_0020mV/scan{n}-SWV.csv", "CV, 1 electrode, 4 files", "cv"],
      ["ECSA_0060mV/scan{n}-SWV.csv", "CV, 1 electrode, 4 files", "cv"],
    ],
    remarks: [/clock stands still at 2020-07-10 16:59/, COPIED],
  },
  "palmsens-csv-cv/HOLL95--General_electrochemistry": {
    proposals: [
      ["4_7_22/DCV_blank.csv", "CV, 1 electrode, 1 file, 3 scans in each", "cv"],
      ["4_7_22/DCV_CJX183_WT_pre_eis.csv", "CV, 1 electrode, 1 file, 3 scans in each", "cv"],
    ],
  },
  "palmsens-pssession/stephanschoeman--PSData-in-python": {
    proposals: [["A.pssession", "SWV, 10 Hz, 1 electrode, 1 file, 3 scans in each", "swv"]],
  },
  "palmsens-pssession/PalmSens--palmsens-sdk": {
    proposals: [["cv_3scan.pssession", "CV, 1000 mV/s, 1 electrode, 1 file, 3 scans in each", "cv"]],
  },
  "palmsens-pssession/MoonshinetheP--palmsens-exporter": {
    proposals: [
      ["Demo CV DPV EIS IS-C electrode.pssession", "DPV, 1 electrode, 1 file, with CV", "dpv"],
      [
        "Demo CV DPV EIS IS-C electrode.pssession",
        "CV, 100 mV/s, 1 electrode, 1 file, 3 scans in each, with DPV",
        "cv",
      ],
    ],
    remarks: [/Every file also holds CV, for a session of its own/],
  },
  "gamry-dta-swv": { proposals: [["squarewave_data.dta", "SWV, 100 Hz, 1 electrode, 1 file", "swv"]] },
  "gamry-dta-cv/bcliang--gamry-parser": {
    proposals: [["cv_data.dta", "CV, 1.23456 mV/s, 1 electrode, 1 file, 5 scans in each", "cv"]],
    remarks: [AMBIGUOUS_DATE],
  },
  "gamry-dta-cv/miloszewiczek--gamry_post_processing_": {
    proposals: [["CV_ECSA_#1_#{n}.DTA", "CV, 1 electrode, 10 files, 3 scans in each", "cv"]],
    remarks: [/left-over row/],
  },
  "gamry-dta-cv/kirkpsmith--voltammetry.py": {
    proposals: [["10mM_F2CA_1M_KOH_pH_14_{n}mV.DTA", "CV, 1 electrode, 2 files", "cv"]],
    remarks: [/The number before “mV”/],
  },
  "gamry-dta-ca/bcliang--gamry-parser": {
    proposals: [["chronoa_data.dta", "Chronoamperometry, 1 electrode, 1 file", "ca"]],
    remarks: [AMBIGUOUS_DATE],
  },
  "gamry-dta-ca/miloszewiczek--gamry_post_processing_": {
    proposals: [["CHRONOPOINTS_#1_#{n}.DTA", "Chronoamperometry, 1 electrode, 16 files", "ca"]],
  },
  "palmsens-csv-ca": { proposals: [["CA.csv", "Chronoamperometry, 1 electrode, 1 file", "ca"]] },
  "biologic-mpt/dgbowl--yadg": {
    proposals: [
      ["cv.mpt", "CV, 0.1 mV/s, 1 electrode, 1 file, 2 scans in each", "cv"],
      ["lsv.mpt", "LSV, 20 mV/s, 1 electrode, 1 file", "lsv"],
      ["ca.issue_{n}.mpt", "Chronoamperometry, 1 electrode, 1 file", "ca"],
    ],
    remarks: [AMBIGUOUS_DATE],
  },
  "biologic-mpt/echemdb--echemdb-converters": {
    proposals: [
      ["eclab_cv.mpt", "CV, 50 mV/s, 1 electrode, 1 file", "cv"],
      ["eclab_ca.mpt", "Chronoamperometry, 1 electrode, 1 file", "ca"],
    ],
    remarks: [AMBIGUOUS_DATE],
  },
  "biologic-mpt/ixdat--ixdat": {
    proposals: [["Pt_poly_cv_CUT.mpt", "CV, 100 mV/s, 1 electrode, 1 file, 5 scans in each", "cv"]],
  },
  "autolab-nova/echemdb--electrochemistry-data": {
    proposals: [
      ["hermann_2021_effect_138279_f5a_black.csv", "CV, 1 electrode, 1 file, 2 scans in each", "cv"],
    ],
  },
  "autolab-nova/truejulosdu13--Electrochemistry": {
    proposals: [
      ["Che207 Ni(BinapSQ) {n}V s.txt", "CV, 1 electrode, 2 files", "cv"],
      ["Che207 Ni(BinapSQ) 200mV s.txt", "CV, 1 electrode, 1 file", "cv"],
    ],
    remarks: [COPIED],
  },
  "other-text": { proposals: [], left_out: [/describe their columns/] },
};

/** The innermost folders that hold the files of one lab: `source`, or `technique/source`. */
function realFolders(): string[] {
  const isListed = (folder: string) => Object.keys(FOLDERS).some((one) => one === folder);
  const folders = listRealFiles().flatMap((file) => {
    const [kind = "", source, ...rest] = file.split("/");
    if (source === undefined) return [];
    // Where the kind itself is not listed, its sources are folders of their own.
    return [isListed(kind) || rest.length === 0 ? kind : `${kind}/${source}`];
  });
  return [...new Set(folders)];
}

describe.runIf(hasRealData())(
  "what is proposed for real folders, with no setting made",
  { timeout: 60_000 },
  () => {
    it.each(Object.entries(FOLDERS))("%s", async (folder, expected) => {
      const files = listRealFiles(folder).map((name) => ({
        name: name.slice(folder.length + 1),
        content: readRealFile(name),
        mtime_ms: Date.UTC(2025, 5, 1),
      }));
      const { proposals, left_out } = await proposeFor(files);
      expect(
        proposals.map(({ filters, summary, technique }) => [filters.pattern, summary, technique]),
      ).toEqual(expected.proposals);
      const remarks = proposals.flatMap((proposal) => proposal.remarks).join("\n");
      for (const wanted of expected.remarks ?? []) expect(remarks).toMatch(wanted);
      for (const [index, wanted] of (expected.left_out ?? []).entries())
        expect(left_out[index]?.reason).toMatch(wanted);
      expect(left_out).toHaveLength(expected.left_out?.length ?? 0);
    });

    it("no folder of real files is without an expectation here, and none is expected that is not there", () => {
      expect(realFolders().sort()).toEqual(Object.keys(FOLDERS).sort());
    });

    it("a fading series gets its window from its first scans, not from the second wave of its last", async () => {
      const folder = "chi-swv-series-2electrode";
      const files = listRealFiles(folder).map((name) => ({
        name: name.slice(folder.length + 1),
        content: readRealFile(name),
      }));
      const { proposals } = await proposeFor(files);
      for (const { params } of proposals) {
        expect(params).toMatchObject({ method: "hull", direction: "up", sg_points: expect.any(Number) });
        const [low, high] = ("peak_window" in params && params.peak_window) || [0, 0];
        expect(low).toBeGreaterThan(-0.4);
        expect(high).toBeLessThan(-0.15);
      }
    });
  },
);
