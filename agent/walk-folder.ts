import { type FileRules, ignoredBecause, isTemporary } from "./file-rules.ts";
import { errorCode, type FolderFiles } from "./folder-files.ts";

/** One listing of the watched folder. Labels are relative, with `/`. */
export interface FolderListing {
  readonly labels: readonly string[];
  /** Sub-folders that were listed, the watched folder itself (`""`) first. */
  readonly folders: readonly string[];
  /** Sub-folders that could not be listed: what they hold is unknown, not gone. */
  readonly unread: readonly string[];
  /** What is left alone and why. */
  readonly ignored: ReadonlyMap<string, number>;
}

/** Deeper trees are no instrument's; a bound keeps a folder that contains itself (a junction) finite. */
const MAX_DEPTH = 16;

/**
 * Lists the measurement files of a folder. Links are never followed.
 *
 * @param root absolute path, its own links resolved
 * @throws the file system's error when the folder itself cannot be listed
 */
export async function walkFolder(
  files: FolderFiles,
  root: string,
  rules: FileRules & { readonly recursive: boolean },
): Promise<FolderListing> {
  const labels: string[] = [];
  const folders: string[] = [];
  const unread: string[] = [];
  const ignored = new Map<string, number>();
  const ignore = (reason: string) => ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
  const open = [""];
  for (let folder = open.shift(); folder !== undefined; folder = open.shift()) {
    const entries = await listOne(files, pathOf(root, folder), folder === "");
    if (entries === null) {
      unread.push(folder);
      continue;
    }
    folders.push(folder);
    for (const { name, kind } of entries) {
      const label = folder === "" ? name : `${folder}/${name}`;
      const reason =
        kind === "file"
          ? ignoredBecause(label, rules)
          : kind === "link"
            ? "link"
            : kind === "other"
              ? "not a file"
              : null;
      if (reason !== null) ignore(reason);
      else if (kind === "file") labels.push(label);
      else if (rules.recursive && !isTemporary(name) && folder.split("/").length < MAX_DEPTH)
        open.push(label);
    }
  }
  return { labels, folders, unread, ignored };
}

async function listOne(files: FolderFiles, path: string, isRoot: boolean) {
  try {
    return await files.list(path);
  } catch (error) {
    if (isRoot) throw error;
    return errorCode(error) === "ENOENT" ? [] : null;
  }
}

/** Where a label lies. `/` is a separator on every platform that Node runs on. */
export function pathOf(root: string, label: string): string {
  return label === "" ? root : `${root}/${label}`;
}
