import { parseFile } from "../../shared/formats/registry.ts";
import type { ParsedFile } from "../../shared/formats/scan.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import { joinBytes } from "../../shared/protocol/numeric-table.ts";
import type { SwvAnalysisParams } from "../../shared/protocol/session.ts";
import type { PreviewFileReply } from "../../shared/protocol/viewer-events.ts";
import { packVoltammograms } from "../../shared/protocol/voltammogram.ts";
import { resolveParams } from "../analysis/analyse-file.ts";
import { voltammogramsOf } from "../analysis/voltammogram.ts";
import type { AgentPeer } from "./agent-peer.ts";

/** A preview is for choosing settings by looking; a file over this is not what a folder of scans is made of. */
const MAX_PREVIEW_BYTES = 8 * MAX_PART_BYTES;

/** Reads one file of the agent's folder, part by part. @throws RequestError what the agent refuses with, file_too_large */
export async function readAgentFile(peer: AgentPeer, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let have = 0;
  for (;;) {
    const { content, size } = await peer.ask("preview_file", { name, from: have, length: MAX_PART_BYTES });
    if (size > MAX_PREVIEW_BYTES) {
      throw new RequestError(
        "file_too_large",
        `${name} has ${size} bytes; a preview reads at most ${MAX_PREVIEW_BYTES}.`,
      );
    }
    parts.push(content);
    have += content.length;
    if (have >= size || content.length === 0) return joinBytes(parts);
  }
}

/** @throws RequestError not_a_measurement, with the reason and the line */
export async function parseAgentFile(peer: AgentPeer, name: string): Promise<ParsedFile> {
  const parsed = parseFile(await readAgentFile(peer, name));
  if (parsed.ok) return parsed;
  const line = parsed.line === undefined ? "" : ` (line ${parsed.line})`;
  throw new RequestError("not_a_measurement", `${name}: ${parsed.message}${line}`, { reason: parsed.code });
}

/** The curves of one file of the folder, analysed with parameters that no session has yet. */
export async function previewFile(
  peer: AgentPeer,
  name: string,
  params: SwvAnalysisParams,
): Promise<PreviewFileReply> {
  const parsed = await parseAgentFile(peer, name);
  const scans = parsed.scans.filter((scan) => scan.technique === "swv");
  if (scans.length === 0) {
    const found = parsed.scans.map((scan) => scan.technique_name).join(", ");
    throw new RequestError("not_a_measurement", `${name} is ${found}, not square wave voltammetry.`);
  }
  const chosen = resolveParams(scans, params) ?? params;
  const voltammograms = voltammogramsOf({ name, offset: null, scans, fields: {} }, chosen);
  return {
    voltammograms: packVoltammograms(voltammograms),
    warnings: scans.flatMap((scan) => scan.warnings),
  };
}
