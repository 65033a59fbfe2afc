import type { z } from "zod";
import { packCurves } from "../../shared/analysis/curves.ts";
import {
  type AnalysisSettings,
  otherTechnique,
  readScans,
  resolveParams,
  scansFor,
} from "../../shared/analysis/measurement.ts";
import type { ParsedFile } from "../../shared/formats/scan.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import { matchName } from "../../shared/protocol/name-pattern.ts";
import { joinBytes } from "../../shared/protocol/numeric-table.ts";
import type { PreviewFile, PreviewFileReply } from "../../shared/protocol/viewer-events.ts";
import { readPattern } from "../sessions/live-session.ts";
import type { AskableAgent } from "./reach-agent.ts";

/** A preview is for choosing settings by looking; a file over this is not what a folder of scans is made of. */
const MAX_PREVIEW_BYTES = 8 * MAX_PART_BYTES;

/**
 * Reads one file of the agent's folder, part by part.
 *
 * @param most bytes
 * @throws RequestError what the agent refuses with, file_too_large
 */
export async function readAgentFile(
  agent: AskableAgent,
  name: string,
  most: number = MAX_PREVIEW_BYTES,
): Promise<Uint8Array> {
  const { bytes, size } = await readAgentHead(agent, name, most);
  if (size <= most) return bytes;
  throw new RequestError("file_too_large", `${name} has ${size} bytes; a preview reads at most ${most}.`);
}

/** The first bytes of one file of the agent's folder, at most `most`. @throws RequestError what the agent refuses with */
export async function readAgentHead(
  agent: AskableAgent,
  name: string,
  most: number,
): Promise<{ readonly bytes: Uint8Array; readonly size: number }> {
  const parts: Uint8Array[] = [];
  let have = 0;
  for (;;) {
    const length = Math.min(MAX_PART_BYTES, most - have);
    const { content, size } = await agent.ask("preview_file", { name, from: have, length });
    parts.push(content);
    have += content.length;
    if (have >= Math.min(size, most) || content.length === 0) return { bytes: joinBytes(parts), size };
  }
}

/** @throws RequestError not_a_measurement, with the reason and the line */
async function parseAgentFile(
  agent: AskableAgent,
  name: string,
  settings: AnalysisSettings,
): Promise<ParsedFile> {
  const parsed = readScans(await readAgentFile(agent, name), settings);
  if (parsed.ok) return parsed;
  const line = parsed.line === undefined ? "" : ` (line ${parsed.line})`;
  throw new RequestError("not_a_measurement", `${name}: ${parsed.message}${line}`, { reason: parsed.code });
}

/**
 * The curves of one file of the folder, analysed with parameters that no session has yet, as a session would.
 *
 * @throws RequestError not_a_measurement also for a file of another technique
 */
export async function previewFile(
  agent: AskableAgent,
  { name, technique, params, pattern }: z.output<typeof PreviewFile>,
): Promise<PreviewFileReply> {
  const parsed = await parseAgentFile(agent, name, { technique, params });
  const fields = pattern === undefined ? {} : (matchName(readPattern(pattern), name) ?? {});
  const scans = scansFor(parsed.scans, technique, fields);
  if (scans.length === 0)
    throw new RequestError("not_a_measurement", `${name}: ${otherTechnique(parsed.scans, technique)}`);
  const chosen = resolveParams(scans, { technique, params }) ?? params;
  return {
    voltammograms: packCurves({ name, offset: null, scans }, { technique, params: chosen }),
    warnings: scans.flatMap(({ scan }) => scan.warnings),
  };
}
