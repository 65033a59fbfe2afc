import { setImmediate as nextTurn } from "node:timers/promises";
import type { z } from "zod";
import { scanTechniqueOf } from "../../shared/analysis/technique-analysis.ts";
import type { ListedFile } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { folderTroubleText } from "../../shared/protocol/folder-trouble.ts";
import { MAX_LISTED_FILES } from "../../shared/protocol/limits.ts";
import { matchName, patternsOverlap } from "../../shared/protocol/name-pattern.ts";
import type {
  DescribeFolderReply,
  MatchFiles,
  MatchFilesReply,
} from "../../shared/protocol/viewer-events.ts";
import type { FolderReader } from "../proposals/looked-file.ts";
import { type FoundProposal, proposeSeries } from "../proposals/propose.ts";
import { readPattern } from "../sessions/live-session.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import { readAgentHead } from "./preview-file.ts";
import type { AskableAgent } from "./reach-agent.ts";

/** Names that are matched between two turns of the event loop. */
const TURN_NAMES = 1_000;

/** Looks at an agent's folder and proposes what to analyse. @throws RequestError folder_empty, agent_offline */
export async function describeFolder(
  agent: AskableAgent,
  files: readonly ListedFile[],
  sessions: readonly SessionRecord[],
): Promise<DescribeFolderReply> {
  if (files.length === 0) throw new RequestError("folder_empty");
  const { proposals, left_out } = await proposeSeries(files, readerOf(agent));
  return {
    folder: agent.folder,
    files: files.length,
    proposals: proposals.map((proposal) => ({ ...proposal, running: runningFor(proposal, sessions) })),
    left_out: [...left_out],
  };
}

/** Which files of a listing a pattern matches. @throws RequestError invalid_pattern */
export async function matchFiles(
  files: readonly ListedFile[],
  { pattern: text, since, limit }: z.output<typeof MatchFiles>,
): Promise<MatchFilesReply> {
  const pattern = readPattern(text);
  const names: string[] = [];
  let matching = 0;
  for (const [index, { name }] of files.entries()) {
    if (index % TURN_NAMES === TURN_NAMES - 1) await nextTurn();
    if (matchName(pattern, name) === null) continue;
    if (matching >= since && names.length < limit) names.push(name);
    matching += 1;
  }
  return { total: files.length, matching, names };
}

/** The folder's measurement files in natural order. @throws RequestError agent_offline, folder_unreadable */
export async function listFolder(agent: AskableAgent): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  for (;;) {
    const page = await agent.ask("describe_folder", { since: files.length });
    // What the agent remembers of a folder that is away could be neither previewed nor sent.
    if (page.trouble !== undefined)
      throw new RequestError("folder_unreadable", folderTroubleText(page.trouble));
    files.push(...page.files);
    if (files.length >= Math.min(page.total, MAX_LISTED_FILES) || page.files.length === 0) return files;
  }
}

function readerOf(agent: AskableAgent): FolderReader {
  return {
    read: async (name, most) => {
      try {
        return await readAgentHead(agent, name, most);
      } catch (error) {
        // A file that has gone or is locked meanwhile is one example less; an agent that has gone ends the look.
        const isFile = error instanceof RequestError && error.code !== "agent_offline";
        if (isFile && error.code !== "agent_timeout") return null;
        throw error;
      }
    },
    pause: () => nextTurn(),
  };
}

/** The running session that already takes these files for the same technique. */
function runningFor(
  { technique, filters }: FoundProposal,
  sessions: readonly SessionRecord[],
): DescribeFolderReply["proposals"][number]["running"] {
  const pattern = readPattern(filters.pattern);
  const running = sessions.find(
    (session) =>
      session.state === "running" &&
      scanTechniqueOf(session.technique) === scanTechniqueOf(technique) &&
      patternsOverlap(pattern, readPattern(session.filters.pattern)),
  );
  return running?.session_id ?? null;
}
