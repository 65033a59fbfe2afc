import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { Random } from "../../agent/random.ts";
import { temporaryFolder } from "../support/agent.ts";
import { FrameTap, type Marks, type Piece, sightings } from "../support/frame-tap.ts";
import { freePort } from "../support/free-port.ts";
import { startHub } from "../support/hub.ts";
import { Lane } from "../support/isolation-lane.ts";
import { startRedis } from "../support/redis-server.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { Tenant } from "../support/tenant.ts";

const TENANTS = 50;
const LANES = 10;
const STEPS = 80;
/** Between two moments at which all connections break. */
const LONGEST_PEACE_MS = 1_500;
const FAULTY_MS = 300_000;

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

interface House {
  readonly tenants: readonly Tenant[];
  readonly lanes: readonly Lane[];
}

/** Many tenants on one hub and many hands that move between them; each tenant has a session, a file and two links. */
async function startHouse(
  url: string,
  seed: number,
  transports: readonly ("websocket" | "polling")[],
): Promise<House> {
  const random = new Random(seed);
  const tenants: Tenant[] = [];
  for (let index = 0; index < TENANTS; index++) tenants.push(await Tenant.start(url, index, random));
  const lanes = Array.from({ length: LANES }, (_, index) => {
    const own = tenants.filter((tenant) => tenant.index % LANES === index);
    return new Lane({ url, tenants, own, transports, random: new Random(seed + 1 + index) });
  });
  await Promise.all(lanes.map((lane) => lane.setUp()));
  return { tenants, lanes };
}

/** Searches every byte that anybody received. */
function expectIsolated({ tenants, lanes }: House, seed: number, leastByLink = LANES): void {
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
  expect(byLink.filter(({ bytes }) => bytes.length > 1).length).toBeGreaterThanOrEqual(leastByLink);
}

function newSeed(): number {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  process.stdout.write(`isolation: SEED=${seed}\n`);
  return seed;
}

describe("[I4] isolation", () => {
  test("no socket and no HTTP reply ever holds a byte of another's data, nor a link's holder the User ID", async () => {
    const seed = newSeed();
    const hub = await startHub();
    const house = await startHouse(hub.url, seed, ["websocket"]);
    await Promise.all(house.lanes.map((lane) => lane.run(STEPS)));
    expectIsolated(house, seed);
  });

  test.each(["SQLite", "Redis"])(
    "holds over %s, on WebSockets and polling, while connections break and the hub restarts",
    async (store) => {
      const seed = newSeed();
      const random = new Random(seed);
      const redis = store === "Redis" ? await startRedis() : null;
      if (redis !== null) onTestFinished(() => redis.stop());
      const PORT = String(await freePort());
      const dataDir = await temporaryFolder();
      const env = { PORT, LOG_LEVEL: "error", ...(redis === null ? {} : { REDIS_URL: redis.url }) };
      const first = await startHub({ dataDir, env });
      const way = await TcpProxy.start(first.url);
      onTestFinished(() => way.close());
      const house = await startHouse(way.url, seed, ["websocket", "polling"]);

      let over = false;
      const trouble = async () => {
        while (!over) {
          await pause(LONGEST_PEACE_MS * random.uniform());
          way.reset();
        }
      };
      const run = () => Promise.all(house.lanes.map((lane) => lane.run(STEPS / 8, true)));
      const troubled = trouble();
      const work = run();
      await pause(LONGEST_PEACE_MS * random.uniform());
      await first.close();
      await startHub({ dataDir, env });
      await work;
      over = true;
      await troubled;
      // Whoever came back sees what is his, and still nothing else.
      await run();
      // Most visits end with their connection.
      expectIsolated(house, seed, 1);
    },
    FAULTY_MS,
  );

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
