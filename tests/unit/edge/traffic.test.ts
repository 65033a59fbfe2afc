import { describe, expect, test } from "vitest";
import { REFUSALS_RATE } from "../../../server/edge/limits.ts";
import { Traffic } from "../../../server/edge/traffic.ts";

function traffic(rules: { burst?: number; inFlight?: number; sharedWaitMs?: number } = {}) {
  const { burst = 10, inFlight = 100, sharedWaitMs = 0 } = rules;
  const clock = { ms: 0 };
  let unruly = 0;
  const counted = new Traffic({
    rate: { burst, perSecond: 10 },
    inFlight,
    shared: () => sharedWaitMs,
    now: () => clock.ms,
    onUnruly: () => {
      unruly += 1;
    },
  });
  return { counted, clock, unruly: () => unruly };
}

describe("the requests of one connection", () => {
  test("over the rate are refused with the time after which one is served", () => {
    const { counted, clock } = traffic({ burst: 2 });
    expect([counted.arrived(), counted.arrived()]).toEqual([null, null]);
    const refused = counted.arrived();
    expect(refused).toMatchObject({ code: "too_many_requests", details: { retry_after_ms: 100 } });
    expect(refused?.message).toContain("at most 10 requests a second");
    clock.ms += 100;
    expect(counted.arrived()).toBe(null);
  });

  test("may wait for their answers up to a number; each answer makes room for one", () => {
    const { counted } = traffic({ inFlight: 2 });
    expect([counted.arrived(), counted.arrived()]).toEqual([null, null]);
    expect(counted.arrived()).toMatchObject({ code: "too_many_requests" });
    counted.answered();
    expect(counted.arrived()).toBe(null);
    expect(counted.arrived()).toMatchObject({ code: "too_many_requests" });
  });

  test("wait for what they share with others, too", () => {
    const { counted } = traffic({ sharedWaitMs: 700 });
    expect(counted.arrived()).toMatchObject({ details: { retry_after_ms: 700 } });
  });

  test("that go on after a thousand refusals end the connection, once", () => {
    const { counted, unruly } = traffic({ burst: 1 });
    for (let asked = 0; asked <= REFUSALS_RATE.burst; asked += 1) counted.arrived();
    expect(unruly()).toBe(0);
    for (let asked = 0; asked < 100; asked += 1) counted.arrived();
    expect(unruly()).toBe(1);
  });
});
