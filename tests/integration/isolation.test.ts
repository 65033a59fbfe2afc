import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Random } from "../../agent/random.ts";
import { FrameTap, type Marks, type Piece, sightings } from "../support/frame-tap.ts";
import { startHub } from "../support/hub.ts";
import { Lane } from "../support/isolation-lane.ts";
import { Tenant } from "../support/tenant.ts";

const TENANTS = 50;
const LANES = 10;
const STEPS = 80;

/** Where marks of one tenant stand although whoever received the piece may not see them. */
function strays(pieces: readonly Piece[], marks: readonly Marks[]): string[] {
  return pieces.flatMap(({ data, ids, bytes }, index) => {
    const seen = sightings(bytes, marks);
    return [
      ...[...seen.data].filter((one) => !data.has(one)).map((one) => `piece ${index}: data of ${one}`),
      ...[...seen.ids].filter((one) => !ids.has(one)).map((one) => `piece ${index}: User ID of ${one}`),
    ];
  });
}

describe("[I4] isolation", () => {
  test("no socket and no HTTP reply ever holds a byte of another's data, nor a link's holder the User ID", async () => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
    process.stdout.write(`isolation: SEED=${seed}\n`);
    const hub = await startHub();
    const random = new Random(seed);
    const tenants: Tenant[] = [];
    for (let index = 0; index < TENANTS; index++) tenants.push(await Tenant.start(hub.url, index, random));
    const lanes = Array.from({ length: LANES }, (_, index) => {
      const own = tenants.filter((tenant) => tenant.index % LANES === index);
      return new Lane({ url: hub.url, tenants, own, random: new Random(seed + 1 + index) });
    });
    await Promise.all(lanes.map((lane) => lane.run(STEPS)));

    const marks = tenants.map((tenant) => tenant.marks);
    const taps = [...tenants.flatMap((tenant) => tenant.taps), ...lanes.flatMap((lane) => lane.taps)];
    const pieces = [...taps.flatMap((tap) => tap.pieces), ...lanes.flatMap((lane) => lane.replies)];
    const bytes = pieces.reduce((sum, piece) => sum + Buffer.concat(piece.bytes).length, 0);
    process.stdout.write(
      `isolation: ${taps.length} sockets, ${pieces.length} pieces, ${bytes} bytes searched\n`,
    );
    expect(strays(pieces, marks), `SEED=${seed}`).toEqual([]);

    // What may be seen was seen, so the search looks where the data are.
    const seen = pieces.map(({ bytes }) => sightings(bytes, marks));
    expect(new Set(seen.flatMap(({ data }) => [...data])).size).toBe(TENANTS);
    expect(seen.filter(({ ids }) => ids.size > 0).length).toBeGreaterThan(TENANTS);
    const byLink = pieces.filter(({ data, ids }) => data.size === 1 && ids.size === 0);
    expect(byLink.filter(({ bytes }) => bytes.length > 1).length).toBeGreaterThan(LANES);
  });

  test("the search finds a mark in text, in binary and inside a signed link", () => {
    const marks = [0, 1].map((index) => ({
      canary: `canary${String(index).repeat(26)}`,
      number: 1.7e12 + index + 0.123,
      sessionIds: [`session-of-${index}`],
      userId: `${index}k2m9xqdt4hwb8z7`,
    }));
    const number = Buffer.alloc(8);
    number.writeDoubleLE(1.7e12 + 1.123);
    const ticket = Buffer.from(JSON.stringify({ owner: "1k2m9xqdt4hwb8z7", of: "x".repeat(30) }));
    const found = (bytes: Buffer) => {
      const tap = new FrameTap();
      tap.pieces.at(-1)?.bytes.push(Buffer.from("42["), bytes);
      return strays(tap.pieces, marks);
    };
    expect(found(Buffer.from(marks[1]?.canary ?? ""))).toEqual(["piece 0: data of 1"]);
    expect(found(Buffer.concat([Buffer.alloc(3), number]))).toEqual(["piece 0: data of 1"]);
    expect(found(Buffer.from(`/api/exports/${ticket.toString("base64url")}.x`))).toEqual([
      "piece 0: User ID of 1",
    ]);
    expect(found(Buffer.from("1k2m-9xqd-t4hw-b8z7"))).toEqual(["piece 0: User ID of 1"]);
    expect(found(Buffer.from('"session-of-1"'))).toEqual(["piece 0: data of 1"]);
    expect(found(Buffer.from("nothing"))).toEqual([]);
  });
});
