import { describe, expect, it } from "vitest";
import { Delivery, type DeliveryAction } from "../../../agent/delivery.ts";
import type { FinishedFile } from "../../../agent/tracked-file.ts";
import type { StreamReply } from "../../../shared/protocol/agent-events.ts";
import { CREDIT, MAX_OFFERS_PER_PAGE, MAX_PART_BYTES } from "../../../shared/protocol/limits.ts";

const SESSION = "session-00001";
const PART = 16 * 1024;

/** A delivery that is connected to a hub with one running session that takes everything. */
function connected(known: readonly FinishedFile[] = []): Delivery {
  const delivery = new Delivery();
  delivery.connected();
  delivery.setSession(SESSION, () => true, known, 0);
  return delivery;
}

function file(name: string, content = "a", size = 100): FinishedFile {
  return { name, size, mtime_ms: 0, sha256: content.charCodeAt(0).toString(16).padStart(64, "0") };
}

function backlog(count: number, size = 100): FinishedFile[] {
  return Array.from({ length: count }, (_, index) => file(`old_${index}.txt`, "a", size));
}

/** Everything that is due at a moment. */
function due(delivery: Delivery, nowMs = 0, partBytes = PART): DeliveryAction[] {
  const actions: DeliveryAction[] = [];
  for (
    let action = delivery.next(nowMs, partBytes);
    action !== null;
    action = delivery.next(nowMs, partBytes)
  )
    actions.push(action);
  return actions;
}

type Send = Extract<DeliveryAction, { do: "send" }>;
type Offer = Extract<DeliveryAction, { do: "offer" }>;
const sends = (actions: readonly DeliveryAction[]) =>
  actions.filter((action): action is Send => action.do === "send");
const offers = (actions: readonly DeliveryAction[]) =>
  actions.filter((action): action is Offer => action.do === "offer");

function only<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1);
  return items[0] as T; // the length was just checked
}

const stored: StreamReply = { outcome: "stored", epoch: "e", offset: 0, revision: 1, credit: CREDIT };
const partial = (from: number): StreamReply => ({ outcome: "partial", from, credit: CREDIT });
const stateOf = (delivery: Delivery, name: string) =>
  delivery.sessions.get(SESSION)?.debts.get(name)?.state.is;

/** Answers an offer as a hub that lacks everything. */
function wantAll(delivery: Delivery, offer: Offer): void {
  delivery.offerAnswered(
    offer.token,
    offer.files.map(({ name }) => ({ name, from: 0 })),
    0,
  );
}

describe("Delivery", () => {
  it("[D1] forgets the sessions at a new connection, and offers everything when the hub names them", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    delivery.partAnswered(only(sends(due(delivery))).token, stored, 0);
    delivery.disconnected();
    delivery.connected();
    expect(delivery.sessions.size).toBe(0);
    delivery.setSession(SESSION, () => true, [file("a.txt")], 0);
    expect(only(offers(due(delivery))).files.map(({ name }) => name)).toEqual(["a.txt"]);
  });

  it("[D1] starts a session over when the hub names it again", () => {
    const delivery = connected([file("a.txt")]);
    delivery.offerAnswered(only(offers(due(delivery))).token, [], 0);
    expect(stateOf(delivery, "a.txt")).toBe("stored");
    delivery.setSession(SESSION, () => true, [file("a.txt")], 0);
    expect(only(offers(due(delivery))).files).toHaveLength(1);
  });

  it("[D3] ends the debt with `duplicate` exactly as with `stored`", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    delivery.partAnswered(only(sends(due(delivery))).token, { ...stored, outcome: "duplicate" }, 0);
    expect(stateOf(delivery, "a.txt")).toBe("stored");
    expect(due(delivery)).toEqual([]);
  });

  it("[D4] sends a small live file at once, without an offer", () => {
    const delivery = connected();
    delivery.finished(file("live.txt"), true, 0);
    expect(only(due(delivery))).toMatchObject({ do: "send", from: 0, length: 100 });
  });

  it("[D5] offers a large live file and sends it from where the hub says", () => {
    const delivery = connected();
    delivery.finished(file("large.txt", "a", MAX_PART_BYTES + 1), true, 0);
    const offer = only(offers(due(delivery)));
    delivery.offerAnswered(offer.token, [{ name: "large.txt", from: 5_000 }], 0);
    expect(sends(due(delivery))[0]).toMatchObject({ from: 5_000, live: true });
  });

  it("[D5] offers what the folder held, a page at a time, and sends only what is wanted", () => {
    const delivery = connected(backlog(MAX_OFFERS_PER_PAGE + 10));
    const first = only(offers(due(delivery, 0, MAX_PART_BYTES)));
    expect(first.files).toHaveLength(MAX_OFFERS_PER_PAGE);
    delivery.offerAnswered(first.token, [{ name: "old_7.txt", from: 0 }], 0);
    const next = due(delivery, 0, MAX_PART_BYTES);
    expect(only(sends(next))).toMatchObject({ file: { name: "old_7.txt" }, live: false });
    expect(only(offers(next)).files).toHaveLength(10);
  });

  it("[D5] a page's answer says nothing of a content that came after it", () => {
    const delivery = connected([file("a.txt", "a")]);
    const { token } = only(offers(due(delivery)));
    delivery.finished(file("a.txt", "b", MAX_PART_BYTES + 1), true, 0);
    delivery.offerAnswered(token, [], 0);
    expect(stateOf(delivery, "a.txt")).toBe("unoffered");
  });

  it("[D5] makes pages no larger than the link takes in about a second", () => {
    const delivery = connected(backlog(500));
    const offer = only(offers(due(delivery, 0, PART)));
    expect(JSON.stringify(offer.files).length).toBeLessThan(PART);
  });

  it("[D6] sends a live file before a backlog of any size", () => {
    const delivery = connected(backlog(300));
    wantAll(delivery, only(offers(due(delivery, 0, MAX_PART_BYTES))));
    const before = sends(due(delivery, 0, MAX_PART_BYTES));
    delivery.finished(file("live.txt"), true, 0);
    expect(sends(due(delivery, 0, MAX_PART_BYTES))[0]?.file.name).toBe("live.txt");
    expect(before).toHaveLength(CREDIT.files - 1);
  });

  it("[D6] offers the oldest when more live files come than a window holds", () => {
    const delivery = connected();
    for (let index = 0; index < 3 * CREDIT.files; index++)
      delivery.finished(file(`burst_${index}.txt`), true, 0);
    const actions = due(delivery);
    expect(sends(actions).map(({ file: { name } }) => name)).toEqual(
      Array.from({ length: CREDIT.files }, (_, index) => `burst_${2 * CREDIT.files + index}.txt`),
    );
    expect(only(offers(actions)).files).toHaveLength(2 * CREDIT.files);
  });

  it("[D7] keeps what is under way inside the window of the latest reply", () => {
    const delivery = connected();
    delivery.credit({ files: 2, bytes: 250 });
    for (const name of ["a.txt", "b.txt", "c.txt"]) delivery.finished(file(name), true, 0);
    const [first] = sends(due(delivery));
    expect(sends(due(delivery))).toEqual([]);
    delivery.partAnswered(first?.token ?? 0, { ...stored, credit: { files: 1, bytes: 100 } }, 0);
    expect(due(delivery)).toEqual([]);
  });

  it("[D7] sends one part even when it is larger than the window, so that nothing waits for ever", () => {
    const delivery = connected();
    delivery.credit({ files: 1, bytes: 60 });
    delivery.finished(file("a.txt"), true, 0);
    expect(only(sends(due(delivery)))).toMatchObject({ from: 0, length: 60 });
  });

  it("[D8] sends a file in parts, two under way, and goes on as the replies come", () => {
    const delivery = connected([file("a.txt", "a", 3 * PART)]);
    wantAll(delivery, only(offers(due(delivery))));
    const parts = sends(due(delivery));
    expect(parts.map(({ from }) => from)).toEqual([0, PART]);
    delivery.partAnswered(parts[0]?.token ?? 0, partial(PART), 0);
    expect(only(sends(due(delivery)))).toMatchObject({ from: 2 * PART, length: PART });
  });

  it("[D8] goes on where the hub says, after everything under way has been answered", () => {
    const delivery = connected([file("a.txt", "a", 3 * PART)]);
    wantAll(delivery, only(offers(due(delivery))));
    const [first, second] = sends(due(delivery));
    delivery.partAnswered(first?.token ?? 0, partial(500), 0);
    expect(due(delivery)).toEqual([]);
    delivery.partAnswered(second?.token ?? 0, partial(700), 0);
    expect(sends(due(delivery))[0]).toMatchObject({ from: 700 });
  });

  it("[D9] holds a new content of a name until the old one is answered", () => {
    const delivery = connected();
    delivery.finished(file("a.txt", "a"), true, 0);
    const first = only(sends(due(delivery)));
    delivery.finished(file("a.txt", "b"), true, 0);
    expect(due(delivery)).toEqual([]);
    delivery.partAnswered(first.token, stored, 0);
    expect(only(sends(due(delivery))).file.sha256).toBe(file("a.txt", "b").sha256);
  });

  it("[D9] holds it also across a session that starts over and a file that vanished between", () => {
    const delivery = connected();
    delivery.finished(file("a.txt", "a"), true, 0);
    const first = only(sends(due(delivery)));
    delivery.gone("a.txt");
    delivery.setSession(SESSION, () => true, [], 0);
    delivery.finished(file("a.txt", "b"), true, 0);
    expect(due(delivery)).toEqual([]);
    delivery.partAnswered(first.token, stored, 0);
    expect(sends(due(delivery))).toHaveLength(1);
  });

  it("[D10] has a file read again when its bytes are not what was announced", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    const { token } = only(sends(due(delivery)));
    delivery.partFailed(token, { code: "hash_mismatch", retryable: true, message: "" }, 0);
    expect(due(delivery)).toEqual([{ do: "reread", name: "a.txt" }]);
    delivery.finished(file("a.txt"), true, 0);
    expect(sends(due(delivery))).toHaveLength(1);
  });

  it("[D10] has a file read again that could not be read for sending", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    delivery.partUnreadable(only(sends(due(delivery))).token, 0);
    expect(due(delivery)).toEqual([{ do: "reread", name: "a.txt" }]);
    expect(stateOf(delivery, "a.txt")).toBe("rereading");
  });

  it("[D11] pauses after a retryable error, longer each time, and says when it goes on", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    const failure = { code: "store_unavailable", retryable: true, message: "" } as const;
    const waits: number[] = [];
    for (let nowMs = 0; waits.length < 5; nowMs += waits.at(-1) ?? 0) {
      delivery.partFailed(only(sends(due(delivery, nowMs))).token, failure, nowMs);
      expect(due(delivery, nowMs)).toEqual([]);
      let wakeMs = delivery.wakeAtMs(nowMs);
      expect(due(delivery, wakeMs - 1)).toEqual([]);
      // Both the connection and the file wait: the later of the two counts.
      while (delivery.wakeAtMs(wakeMs) > wakeMs && Number.isFinite(delivery.wakeAtMs(wakeMs)))
        wakeMs = delivery.wakeAtMs(wakeMs);
      waits.push(wakeMs - nowMs);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  it("[D11] counts parts that fail together as one failure, and never waits longer than 10 s", () => {
    const delivery = connected();
    for (let n = 0; n < CREDIT.files; n++) delivery.finished(file(`${n}.txt`), true, 0);
    const failure = { code: "store_unavailable", retryable: true, message: "" } as const;
    const failAll = (nowMs: number) => {
      for (const { token } of sends(due(delivery, nowMs))) delivery.partFailed(token, failure, nowMs);
      return delivery.wakeAtMs(nowMs) - nowMs;
    };
    expect(failAll(0)).toBe(250);
    let nowMs = 250;
    for (let round = 0; round < 20; round++) {
      const waitMs = failAll(nowMs);
      expect(waitMs).toBeLessThanOrEqual(10_000);
      nowMs += waitMs;
    }
  });

  it("[D11] drops a file that the hub rejects, and the session that the hub no longer knows", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    delivery.finished(file("b.txt"), true, 0);
    const [a, b] = sends(due(delivery));
    delivery.partAnswered(
      a?.token ?? 0,
      { outcome: "rejected", code: "file_too_large", message: "Too large.", credit: CREDIT },
      0,
    );
    expect(stateOf(delivery, "a.txt")).toBe("rejected");
    delivery.partFailed(b?.token ?? 0, { code: "session_not_running", retryable: false, message: "" }, 0);
    expect(delivery.sessions.size).toBe(0);
  });

  it("[D11] sends file by file what the hub refuses as a page", () => {
    const delivery = connected(backlog(3));
    const { token } = only(offers(due(delivery)));
    delivery.offerFailed(token, { code: "invalid_filename", retryable: false, message: "" }, 0);
    expect(sends(due(delivery))).toHaveLength(3);
  });

  it("[D12] ignores answers that come after the connection they belong to", () => {
    const delivery = connected();
    delivery.finished(file("a.txt"), true, 0);
    const { token } = only(sends(due(delivery)));
    delivery.disconnected();
    delivery.partAnswered(token, stored, 0);
    expect(stateOf(delivery, "a.txt")).toBe("owed");
    expect(due(delivery)).toEqual([]);
  });

  it("[D12] counts files that finish while offline as owed, and sends none", () => {
    const delivery = connected();
    delivery.disconnected();
    delivery.finished(file("a.txt"), true, 0);
    expect(stateOf(delivery, "a.txt")).toBe("unoffered");
    expect(due(delivery)).toEqual([]);
  });

  it("takes turns between sessions, so that none waits for another's backlog", () => {
    const delivery = connected(backlog(200));
    delivery.setSession("session-00002", () => true, backlog(5), 0);
    const first = only(offers(due(delivery)));
    delivery.offerAnswered(first.token, [], 0);
    expect(only(offers(due(delivery))).session_id).not.toBe(first.session_id);
  });
});
