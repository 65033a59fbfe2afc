import { describe, expect, test } from "vitest";
import { claimPlace, type Instances } from "../../../server/edge/instances.ts";

const DAY_MS = 86_400_000;

/** Who holds the place after these processes came one after the other, and how each was answered. */
function come(names: readonly string[], known: Instances | null = null, now = 0) {
  const answers: string[] = [];
  let instances = known;
  for (const name of names) {
    const claim = claimPlace(instances, name, now);
    answers.push(claim.kind);
    if (claim.kind === "held") instances = claim.instances;
  }
  return { answers, instances };
}

describe("the place of an agent", () => {
  test("the newest process holds it; the same process on a new connection is never another", () => {
    expect(come(["a", "a", "b", "b", "b"])).toMatchObject({
      answers: ["held", "held", "held", "held", "held"],
      instances: { current: "b", replaced: [{ instance: "a" }] },
    });
  });

  test("who was replaced stays replaced, however often both come back", () => {
    expect(come(["a", "b", "a", "b", "a", "b"]).answers).toEqual([
      "held",
      "held",
      "replaced",
      "held",
      "replaced",
      "held",
    ]);
  });

  test("a third process replaces the second, and neither of the first two comes back", () => {
    expect(come(["a", "b", "c", "a", "b", "c"]).answers.slice(3)).toEqual(["replaced", "replaced", "held"]);
  });

  test("the last 16 are remembered, the one before them is forgotten", () => {
    const names = Array.from({ length: 18 }, (_, number) => `process ${number}`);
    const { instances } = come(names);
    expect(instances?.replaced).toHaveLength(16);
    expect(claimPlace(instances, "process 1", 0).kind).toBe("replaced");
    expect(claimPlace(instances, "process 0", 0).kind).toBe("held");
  });

  test("for 30 days", () => {
    const { instances } = come(["a", "b"]);
    expect(claimPlace(instances, "a", 30 * DAY_MS - 1).kind).toBe("replaced");
    expect(claimPlace(instances, "a", 30 * DAY_MS).kind).toBe("held");
  });
});
