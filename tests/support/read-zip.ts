import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** The files of a small archive by their names, in its order (APPNOTE.TXT 4.3; no ZIP64, stored or deflated). */
export function readZip(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const end = bytes.length - 22;
  if (bytes.readUInt32LE(end) !== END) throw new Error("This is no archive, or it has a comment.");
  const files = new Map<string, Buffer>();
  for (let at = bytes.readUInt32LE(end + 16), left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error("The list of files is broken.");
    const lengths = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place));
    const [name = 0, extra = 0, comment = 0] = lengths;
    files.set(bytes.toString("utf8", at + 46, at + 46 + name), contentOf(bytes, at));
    at += 46 + name + extra + comment;
  }
  return files;
}

function contentOf(bytes: Buffer, entry: number): Buffer {
  const [method, size, header] = [
    bytes.readUInt16LE(entry + 10),
    bytes.readUInt32LE(entry + 20),
    bytes.readUInt32LE(entry + 42),
  ];
  const from = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  const packed = bytes.subarray(from, from + size);
  return method === 0 ? packed : inflateRawSync(packed);
}
