import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UploadRoom } from "../../../server/sessions/upload-room.ts";
import { type UploadStep, Uploads } from "../../../server/sessions/uploads.ts";
import { CREDIT } from "../../../shared/protocol/limits.ts";
import { simulatedFile } from "../../support/fixtures.ts";

const MIB = 1024 * 1024;
const PART = new Uint8Array(64 * 1024);
const session_id = "s".repeat(21);

/** As much of a file as its agent has sent; its last part is still to come. */
function send(uploads: Uploads, filename: string, bytes: number): UploadStep {
  for (let from = 0; ; from += PART.length) {
    const step = uploads.take(part(filename, bytes + 1, from, PART, "0".repeat(64)));
    if (step.kind === "whole" || step.from !== from + PART.length || step.from >= bytes) return step;
  }
}

function part(filename: string, size: number, from: number, content: Uint8Array, sha256: string) {
  return { session_id, filename, size, mtime_ms: 0, sha256, from, content };
}

test("whatever many connections begin and never finish takes no more memory than the hub has set aside", () => {
  const room = new UploadRoom(20 * MIB);
  const greedy = Array.from({ length: 10 }, () => new Uploads(room));
  for (const uploads of greedy) for (let n = 0; n < CREDIT.files; n += 1) send(uploads, `${n}.txt`, 8 * MIB);
  expect(room.bytes).toBeLessThanOrEqual(256 * MIB);
  expect(room.bytes).toBeGreaterThan(200 * MIB);
});

test("a size that is announced takes nothing until its bytes come", () => {
  const room = new UploadRoom(256 * MIB);
  const uploads = new Uploads(room);
  for (let n = 0; n < 1_000; n += 1)
    uploads.take(part(`${n}.txt`, 256 * MIB, 0, new Uint8Array(1), "0".repeat(64)));
  expect(room.bytes).toBe(CREDIT.files);
});

test("the first part of a connection counts at once", () => {
  const room = new UploadRoom(MIB);
  new Uploads(room).take(part("0.txt", MIB, 0, PART, "0".repeat(64)));
  expect(room.bytes).toBe(PART.length);
});

test("an ordinary file under way is never dropped for those that hold most", () => {
  const room = new UploadRoom(20 * MIB);
  const content = simulatedFile(0, { step_v: 0.005 });
  const sha256 = createHash("sha256").update(content).digest("hex");
  const ordinary = new Uploads(room);
  ordinary.take(part("scan.txt", content.length, 0, content.subarray(0, 100), sha256));
  for (const uploads of Array.from({ length: 6 }, () => new Uploads(room)))
    for (let n = 0; n < CREDIT.files; n += 1) send(uploads, `${n}.txt`, 8 * MIB);
  const rest = part("scan.txt", content.length, 100, content.subarray(100), sha256);
  expect(ordinary.take(rest)).toEqual({ kind: "whole", bytes: new Uint8Array(content) });
});

test("a file that was dropped is asked for from its beginning; a connection that ends leaves its room to others", () => {
  const room = new UploadRoom(MIB);
  const first = new Uploads(room);
  send(first, "0.txt", MIB);
  const next = part("0.txt", MIB + 1, MIB, new Uint8Array(1), "0".repeat(64));
  first.dropOldest();
  expect(first.take(next)).toEqual({ kind: "partial", from: 0 });
  send(first, "0.txt", MIB);
  first.clear();
  expect(room.bytes).toBe(0);
});

test("a file in parts is the same whatever the parts", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 2, maxLength: 500 }),
      fc.integer({ min: 1, max: 100 }),
      (bytes, length) => {
        const uploads = new Uploads(new UploadRoom(MIB));
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        let step: UploadStep = { kind: "partial", from: 0 };
        while (step.kind === "partial") {
          const content = bytes.subarray(step.from, step.from + length);
          step = uploads.take(part("scan.txt", bytes.length, step.from, content, sha256));
        }
        expect(Buffer.compare(step.bytes, bytes)).toBe(0);
      },
    ),
  );
});
