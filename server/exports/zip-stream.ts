import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";

/** One file of an archive; its content is asked for when its turn comes. */
export interface ZipPart {
  readonly path: string;
  readonly modified_ms: number;
  content(): AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;
}

/** DOS dates begin in 1980 and end in 2107. */
const FIRST_MS = Date.UTC(1980, 0, 2);
const LAST_MS = Date.UTC(2107, 11, 30);
/** A plain file that its owner can write and all can read. */
const MODE = 0o100644;

/**
 * An archive as a stream of bytes. Parts are asked for one after the other, as the reader takes the bytes, so
 * neither an archive nor a part is ever in memory.
 */
export async function* zipOf(parts: AsyncIterable<ZipPart> | Iterable<ZipPart>): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  // Piped, so that a failure of any part ends the reader too.
  const output = zip.outputStream.pipe(new PassThrough());
  let current: Readable | null = null;
  const pack = async () => {
    for await (const { path, modified_ms, content } of parts) {
      const readable = Readable.from(content(), { objectMode: false });
      current = readable;
      const mtime = new Date(Math.min(Math.max(modified_ms, FIRST_MS), LAST_MS));
      const read = ended(readable, output);
      zip.addReadStreamLazy(path, { mtime, mode: MODE }, lendOnce(readable));
      await read;
    }
    zip.end();
  };
  zip.on("error", (error: Error) => output.destroy(error));
  const packed = pack().catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const bytes of output) yield bytes as Buffer; // a PassThrough without encoding gives buffers
  } finally {
    output.destroy();
    (current as Readable | null)?.destroy();
    await packed;
  }
}

/**
 * Gives a part to the archive once. The archive keeps what it was handed for each part until its end, so that must
 * not be the part.
 */
function lendOnce(part: Readable): (give: (error: unknown, part: Readable) => void) => void {
  const hand = [part];
  return (give) => {
    const lent = hand.pop();
    if (lent !== undefined) give(null, lent);
  };
}

/** Resolves when a part has been read to its end, rejects when it failed or nobody reads on. */
function ended(part: Readable, output: PassThrough): Promise<void> {
  return new Promise((resolve, reject) => {
    part.once("end", resolve);
    part.once("error", reject);
    const stop = () => reject(new Error("Nobody reads the archive any more."));
    if (output.destroyed) stop();
    output.once("close", stop);
    part.once("close", () => {
      output.off("close", stop);
      reject(new Error("The part was closed before its end."));
    });
  });
}
