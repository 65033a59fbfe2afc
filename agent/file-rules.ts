import { labelProblem } from "../shared/protocol/file-label.ts";

/** Which names of the folder are measurement files. Set on the agent alone: the hub can narrow it, never widen it. */
export interface FileRules {
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
}

/** Names that programs use while they write, or for themselves. */
const TEMPORARY_NAMES: readonly RegExp[] = [/^\./, /^~\$/, /\.tmp$/i, /\.part$/i];

/** Why a file is left alone, in words for people; null when it is a measurement file. */
export function ignoredBecause(label: string, { extensions }: FileRules): string | null {
  const name = label.slice(label.lastIndexOf("/") + 1);
  if (isTemporary(name)) return "temporary name";
  const lower = name.toLowerCase();
  if (!extensions.some((ending) => lower.endsWith(ending) && lower.length > ending.length))
    return "other ending";
  return labelProblem(label) === null ? null : "name that cannot travel";
}

/** Also for folders: what lies in a hidden folder is nobody's measurement. */
export function isTemporary(name: string): boolean {
  return TEMPORARY_NAMES.some((pattern) => pattern.test(name));
}
