import type { Socket } from "socket.io-client";

/** What a stretch of one socket's life received, and whose data and User IDs may stand in it. */
export interface Piece {
  readonly data: ReadonlySet<number>;
  readonly ids: ReadonlySet<number>;
  readonly bytes: Buffer[];
}

const NOBODY: ReadonlySet<number> = new Set();

/** Every byte that one socket receives, text and binary, cut into pieces by what it has joined. */
export class FrameTap {
  readonly pieces: Piece[] = [];

  constructor() {
    this.allow(NOBODY, NOBODY);
  }

  /** To be called before the socket connects. */
  attach(socket: Pick<Socket, "io">): void {
    const { engine } = socket.io;
    if (engine === undefined) throw new Error("Frames can only be seen from the socket's first connection.");
    engine.on("packet", ({ data }: { data?: string | Buffer | ArrayBuffer }) => {
      if (data === undefined) return;
      this.pieces
        .at(-1)
        ?.bytes.push(typeof data === "string" ? Buffer.from(data) : Buffer.from(data as Buffer));
    });
  }

  /** From now on these tenants' data and User IDs may come, and no others. */
  allow(data: Iterable<number>, ids: Iterable<number>): void {
    this.pieces.push({ data: new Set(data), ids: new Set(ids), bytes: [] });
  }
}

/** What can be recognised of one tenant, wherever it turns up. */
export interface Marks {
  /** 32 characters that stand in its files, their names, its sessions' labels and its agent's name. */
  readonly canary: string;
  readonly sessionIds: readonly string[];
  /** A number in binary columns that no other tenant has: 8 bytes, little-endian. */
  readonly number: number;
  readonly userId: string;
}

/** Tenants whose marks stand in a piece, by kind. */
export interface Sightings {
  readonly data: ReadonlySet<number>;
  readonly ids: ReadonlySet<number>;
}

/** Searches all bytes of a piece, also inside what is base64 in it (signed links are). */
export function sightings(bytes: readonly Buffer[], marks: readonly Marks[]): Sightings {
  const text = withDecoded(Buffer.concat(bytes).toString("latin1"));
  const data = new Set<number>();
  const ids = new Set<number>();
  for (const [index, { canary, sessionIds, number, userId }] of marks.entries()) {
    const signs = [canary, littleEndian(number), ...sessionIds];
    if (signs.some((sign) => text.includes(sign))) data.add(index);
    if (text.includes(userId) || text.includes(userId.replace(/(.{4})(?=.)/g, "$1-"))) ids.add(index);
  }
  return { data, ids };
}

function withDecoded(text: string): string {
  const encoded = text.match(/[A-Za-z0-9_-]{40,}/g) ?? [];
  return [text, ...encoded.map((part) => Buffer.from(part, "base64url").toString("latin1"))].join("\n");
}

function littleEndian(number: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(number);
  return bytes.toString("latin1");
}
