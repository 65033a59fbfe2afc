import { analyseFile } from "../../server/analysis/analyse-file.ts";
import { ResultTable } from "../../shared/protocol/log-tables.ts";
import { HullPulseParams } from "../../shared/protocol/pulse-params.ts";

/** What the analysis itself says of these files by the `hull` method with the parameters given, in the order of the log. */
export function hullRows(files: readonly Uint8Array[], given: object) {
  const params = HullPulseParams.parse(given);
  const facts = { size_bytes: 0, mtime_ms: 0, received_at_ms: 0, fields: {} };
  return files.flatMap((content, offset) => {
    const { results } = analyseFile(content, { technique: "swv", params }, facts);
    return ResultTable.read(results).map((row) => ({ ...row, offset }));
  });
}
