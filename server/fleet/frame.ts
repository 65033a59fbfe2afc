import { joinBytes } from "../../shared/protocol/numeric-table.ts";

/*
 * A message between hubs: length of the header (u32, little-endian), the header as JSON, then all bytes. Where bytes
 * stood in the message the header says from where to where they are: JSON would make a list of numbers of them.
 */

const LENGTH_BYTES = 4;

/** Stands in the header where bytes stood in the message. */
interface Place {
  readonly $bytes: readonly [from: number, to: number];
}

/** Values as JSON has them, and `Uint8Array`s anywhere in between. */
export function encodeFrame(message: unknown): Buffer {
  const parts: Uint8Array[] = [];
  let at = 0;
  const strip = (value: unknown): unknown => {
    if (value instanceof Uint8Array) {
      parts.push(value);
      at += value.length;
      return { $bytes: [at - value.length, at] } satisfies Place;
    }
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strip(inner)]));
  };
  const header = Buffer.from(JSON.stringify(strip(message)));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  return Buffer.from(joinBytes([length, header, ...parts]).buffer);
}

/** The message; its bytes share the memory of the frame. @throws Error for what is not a frame */
export function decodeFrame(frame: Buffer): unknown {
  const end = LENGTH_BYTES + frame.readUInt32LE(0);
  if (end > frame.length) throw new RangeError("The frame is shorter than its header says.");
  const bytes = frame.subarray(end);
  return JSON.parse(frame.toString("utf8", LENGTH_BYTES, end), (_key, value: unknown) => {
    const place = placeOf(value);
    return place === null ? value : bytes.subarray(...place);
  });
}

function placeOf(value: unknown): Place["$bytes"] | null {
  if (typeof value !== "object" || value === null || !("$bytes" in value)) return null;
  const { $bytes } = value;
  if (!Array.isArray($bytes)) return null;
  const [from, to] = $bytes as unknown[]; // looked at in the next line
  return typeof from === "number" && typeof to === "number" ? [from, to] : null;
}
