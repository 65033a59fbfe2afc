/** What the agent may do in the watched folder: list, look, read, listen. There is no way to write. */
export interface FolderFiles {
  /** Names in one folder, without following links. @throws the file system's error */
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** What the name itself is, without following a link. @throws the file system's error */
  look(path: string): Promise<FileFacts>;
  /** Where a path really lies, all links resolved. @throws the file system's error */
  realPath(path: string): Promise<string>;
  /** Opens for reading, sharing with every writer; refuses a link. @throws the file system's error */
  open(path: string): Promise<OpenFile>;
  /** Hints of changes in one folder: a name, or null when the system does not say which. @throws when it cannot watch */
  watch(folder: string, onHint: (name: string | null) => void, onError: (error: Error) => void): () => void;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface FileFacts {
  readonly kind: FolderEntry["kind"];
  readonly size: number;
  /** ms since 1970, the file system's clock. */
  readonly mtime_ms: number;
  /** ms since 1970: the last change of content or attributes, which a program cannot set back. */
  readonly ctime_ms: number;
  /** Size, both times in ns, and the file's number: equal as long as nobody touched the file. */
  readonly fingerprint: string;
  /** The file's or folder's own number, which stays when its content changes. */
  readonly number: string;
}

export interface OpenFile {
  facts(): Promise<FileFacts>;
  /** Up to `length` bytes from `from`; fewer only at the end of the file. */
  read(from: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The file system's short word for what went wrong (`ENOENT`), or the message of another error. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
