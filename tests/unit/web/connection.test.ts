import { describe, expect, test } from "vitest";
import type { UserId } from "../../../shared/protocol/user-id.ts";
import { hubAddress } from "../../../web/connection/hub-address.ts";
import { HubClock } from "../../../web/connection/hub-clock.ts";
import { RememberedAgents } from "../../../web/stores/remembered.ts";

describe("where the hub is", () => {
  test("where the page came from, also below a path", () => {
    expect(hubAddress("https://hub.example/#7k2m", undefined)).toEqual({
      url: "https://hub.example/",
      own: true,
    });
    expect(hubAddress("https://lab.example/live/index.html", undefined).url).toBe(
      "https://lab.example/live/",
    );
  });

  test("where the build or the address says, the address first", () => {
    expect(hubAddress("https://page.example/", "https://hub.example").url).toBe("https://hub.example/");
    expect(hubAddress("https://page.example/?hub=http://127.0.0.1:8080", "https://hub.example")).toEqual({
      url: "http://127.0.0.1:8080/",
      own: false,
    });
    expect(hubAddress("https://page.example/?hub=hub.example", undefined).url).toBe("https://hub.example/");
  });

  test("an address that cannot be a hub is not used", () => {
    expect(hubAddress("https://page.example/?hub=javascript:alert(1)", undefined).own).toBe(true);
    expect(hubAddress("https://page.example/?hub=file:///etc/passwd", undefined).own).toBe(true);
  });
});

describe("the hub's clock", () => {
  test("what has just come happened just now, however wrong this computer's clock is", () => {
    const clock = new HubClock();
    clock.live(1_000_000, 5_000_020);
    expect(clock.toLocalMs(1_003_000)).toBe(5_003_020);
  });

  test("the quickest message counts", () => {
    const clock = new HubClock();
    clock.live(1000, 1300);
    clock.live(2000, 2010);
    clock.live(3000, 3400);
    expect(clock.toLocalMs(4000)).toBe(4010);
  });

  test("nothing that the hub has told lies in the future", () => {
    const clock = new HubClock();
    clock.past(60_000, 10_000);
    expect(clock.toLocalMs(60_000)).toBe(10_000);
    clock.past(1000, 20_000);
    expect(clock.toLocalMs(60_000)).toBe(10_000);
  });
});

describe("remembered agents", () => {
  const id = (text: string) => text as UserId; // never read as one here

  function memory() {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
  }

  test("the last one watched comes first, once, and can be forgotten", () => {
    const store = memory();
    const agents = new RememberedAgents(store, "https://hub.example/");
    agents.remember(id("a"), "One", 1);
    agents.remember(id("b"), "Two", 2);
    agents.remember(id("a"), "One", 3);
    expect(agents.agents.value.map((agent) => agent.userId)).toEqual(["a", "b"]);
    agents.forget(id("a"));
    expect(
      new RememberedAgents(store, "https://hub.example/").agents.value.map((agent) => agent.name),
    ).toEqual(["Two"]);
  });

  test("a page that was pointed at another hub does not see them", () => {
    const store = memory();
    new RememberedAgents(store, "https://hub.example/").remember(id("a"), "One", 1);
    expect(new RememberedAgents(store, "https://other.example/").agents.value).toEqual([]);
  });

  test("whatever else stands in the storage is nothing remembered", () => {
    for (const text of ["{", "7", '[{"userId":1}]', "null"]) {
      const store = { getItem: () => text, setItem: () => {} };
      expect(new RememberedAgents(store, "x").agents.value).toEqual([]);
    }
  });
});
