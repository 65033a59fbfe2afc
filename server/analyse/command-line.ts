import { parseArgs } from "node:util";

export interface AnalyseCommand {
  readonly kind: "analyse";
  readonly files: readonly string[];
  readonly paramsFile: string | null;
  readonly json: boolean;
}

/** What the command line of the offline analysis asks for. */
export type Command =
  | AnalyseCommand
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly message: string };

/** Exit codes; scripts may rely on them. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

export const HELP = `Analyses measurement files as the hub does, without a hub.

  benchcast-analyse swv_1.txt swv_2.txt
  benchcast-analyse --json --params settings.json *.txt > results.jsonl

One record per file, scan and electrode (for CV and linear sweeps per pair of segments) on standard output: as
aligned text, or with --json as one JSON object per line in SI units and full precision. Choices left to "auto"
are made on the first file of a technique and kept for all others. Square wave and differential pulse files use
"swv" of the parameters, cyclic and linear sweep files "cv", chronoamperometry files "ca"; other techniques are
named and left out.

Options
  --params FILE   parameters as JSON; what it leaves out has the default
  --json          one JSON object per line
  --help          this text

Parameters, with their defaults
  pattern   name pattern with {n} file number, {f} Hz, {e} electrode; found from the names when left out
  swv       {"method": "hull", "direction": "auto", "sg_points": "auto", "sg_degree": 2, "skip_start": 1,
             "min_snr": 8, "cutoff_hz": 50, "low_window": null, "high_window": null, "peak_window": null,
             "hampel": null, "table": null}
            or {"method": "classic", "sg_window_mv": 5, "sg_degree": 1, "poly_degree": 15,
             "fit": "stable" or "legacy" (the desktop program's own arithmetic), "legacy_zero_trim": false,
             "cutoff_hz": 50, "low_window": null, "high_window": null, "table": null}
            or {"method": "sacmes-web", "sg_points": "auto", "sg_degree": 2, "hampel": "off",
             "cutoff_hz": 50, "low_window": null, "high_window": null, "peak_window": null,
             "table": null}
  cv        {"method": "hull" or "tangent", "anodic": "auto", "sg_points": 11, "sg_window_v": null,
             "sg_degree": 2, "min_snr": 8, "window": null, "peak_window": null, "tangent_rising": null,
             "tangent_falling": null, "avoid_turning_points": true, "pairs": null, "probes_v": [],
             "scan_rate_v_s": null, "inverted_electrodes": [], "table": null}
            or {"method": "desktop", "sg_window_mv": 1, "sg_degree": 1, "window": null,
             "mass_transport": "surface", "forward_segment": 1, "reverse_segment": 2,
             "forward_direction": "auto", "probes_v": [], "scan_rate_v_s": null,
             "inverted_electrodes": [], "table": null}
  ca        {"method": "lifetime", "model": "mono" or "bi", "fit_window_s": null, "background": "fitted" or
             "sacmes", "table": null}

A text table of no known format is described by "table" in swv, cv or ca; columns count from 1
            {"skip_lines": 0, "delimiter": "\\t", "decimal_mark": ".", "x": {"column": 1, "unit": "V"},
             "currents": [{"electrode": 1, "current": 2, "forward": null, "reverse": null}],
             "current_unit": "A", "scan_column": null, "missing": ["NaN"]}

Exit codes
  0  every file was read
  1  some file could not be read; standard error says which, where and why
  2  the command line or the parameters have a mistake
`;

/** Reads the arguments behind the program's name. Never throws: mistakes become `usage`. */
export function readCommand(args: readonly string[]): Command {
  const options = {
    help: { type: "boolean", short: "h" },
    json: { type: "boolean" },
    params: { type: "string" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help === true) return { kind: "help" };
    if (positionals.length === 0) return { kind: "usage", message: "Which files? Name at least one." };
    return {
      kind: "analyse",
      files: positionals,
      paramsFile: values.params ?? null,
      json: values.json === true,
    };
  } catch (error) {
    // parseArgs says which option is wrong and what it takes.
    return { kind: "usage", message: error instanceof Error ? error.message : String(error) };
  }
}
