import type { FolderFiles } from "../../agent/folder-files.ts";
import { nodeFolderFiles } from "../../agent/node-folder-files.ts";

/** The real folder, with a list of what was opened and of everything else that was touched. */
export interface RecordedFolderFiles extends FolderFiles {
  readonly opened: ReadonlySet<string>;
  readonly touched: ReadonlySet<string>;
}

export function recordedFolderFiles(files: FolderFiles = nodeFolderFiles): RecordedFolderFiles {
  const opened = new Set<string>();
  const touched = new Set<string>();
  const note = (path: string) => {
    touched.add(path);
    return path;
  };
  return {
    opened,
    touched,
    list: (folder) => files.list(note(folder)),
    look: (path) => files.look(note(path)),
    realPath: (path) => files.realPath(note(path)),
    open: (path) => {
      opened.add(path);
      return files.open(note(path));
    },
    watch: (folder, onHint, onError) => files.watch(note(folder), onHint, onError),
  };
}
