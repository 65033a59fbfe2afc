import { packCurves } from "../../shared/analysis/curves.ts";
import { readScans, resolveParams, scansFor } from "../../shared/analysis/measurement.ts";
import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import { matchName, parseNamePattern } from "../../shared/protocol/name-pattern.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import { type Curve, readCurves } from "../log/curve.ts";

interface RawFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** The curves of one file with other parameters, as the hub would make them; none of a file that cannot be read. */
export function tryParams(
  { technique, filters }: SessionSummary,
  params: AnalysisParams,
  { name, bytes, offset }: RawFile,
): readonly Curve[] {
  const parsed = readScans(bytes, { technique, params });
  if (!parsed.ok) return [];
  const pattern = parseNamePattern(filters.pattern);
  const fields = "problem" in pattern ? null : matchName(pattern, name);
  const scans = scansFor(parsed.scans, technique, fields ?? {});
  const settled = resolveParams(scans, { technique, params }) ?? params;
  return readCurves(packCurves({ name, offset, scans }, { technique, params: settled }));
}
