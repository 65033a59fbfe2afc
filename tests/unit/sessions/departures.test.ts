import { describe, expect, it } from "vitest";
import { AgentRegistry } from "../../../server/sessions/agent-registry.ts";
import { type Store, StoreUnavailable } from "../../../server/store/port.ts";
import type { AgentAuth } from "../../../shared/protocol/agent-events.ts";
import { embeddedStore } from "./embedded-store.ts";
import { TAG, USER_ID } from "./session-record.ts";

const NOTHING_ELSE = async () => [];
const AUTH: AgentAuth = {
  role: "agent",
  protocol: 1,
  agent_key: "k".repeat(43),
  instance: "instance-1",
  name: "Potentiostat-1",
  version: "1",
  os: "test",
  folder: "scans",
};

/** A registry on a real store whose words can be lost: `before` it hears them, or `after` it did what they say. */
async function scene() {
  const store = await embeddedStore();
  let lost: "before" | "after" | null = null;
  const flaky = new Proxy<Store>(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...given: unknown[]) => Promise<unknown>; // methods only
      return async (...given: unknown[]) => {
        const isLost = lost === "before" || (lost === "after" && name === "compareAndSet");
        if (!isLost) return method.apply(target, given);
        if (lost === "after") await method.apply(target, given);
        throw new StoreUnavailable("away");
      };
    },
  });
  let ids = 0;
  const dependencies = { store: flaky, hubId: "hub", newId: () => `nonce-${++ids}`, now: () => 1_000 };
  const registry = new AgentRegistry(dependencies);
  const register = async (sid: string) => {
    const arrival = { agentSid: sid, auth: AUTH, sessionId: null };
    return registry.register(USER_ID, arrival, NOTHING_ELSE);
  };
  const map = async () => (await store.listRecords("agent_user_mapping")).get(USER_ID);
  const lose = (words: typeof lost) => {
    lost = words;
  };
  return { registry, register, map, store, lose };
}

describe("an agent that leaves while the store is away", () => {
  it.each(["before", "after"] as const)(
    "is out of the map once the store is back, whether the word was lost %s the store did it",
    async (words) => {
      const { registry, register, map, lose } = await scene();
      const { registration } = await register("socket-1");
      lose(words);
      await expect(registry.depart(registration)).rejects.toThrow(StoreUnavailable);
      await expect(registry.settleDepartures()).rejects.toThrow(StoreUnavailable);
      lose(null);
      expect(await registry.settleDepartures()).toMatchObject([{ tag: TAG, status: { state: "offline" } }]);
      expect(await map()).toBeUndefined();
      expect(await registry.settleDepartures()).toEqual([]);
    },
  );

  it("[R7] changes nothing when it has come back meanwhile", async () => {
    const { registry, register, map, lose } = await scene();
    const { registration } = await register("socket-1");
    lose("before");
    await expect(registry.depart(registration)).rejects.toThrow();
    lose(null);
    await register("socket-2");
    expect(await registry.settleDepartures()).toEqual([]);
    expect(JSON.parse((await map()) ?? "")).toMatchObject({ agent_sid: "socket-2" });
    expect(await registry.status(TAG)).toMatchObject({ state: "online" });
  });
});

describe("an agent whose registration was written, but not answered", () => {
  it("is taken out of the map again when it does not come back", async () => {
    const { registry, register, map, lose } = await scene();
    lose("after");
    await expect(register("socket-1")).rejects.toThrow(StoreUnavailable);
    lose(null);
    expect(await map()).toBeDefined();
    await registry.settleDepartures();
    expect(await map()).toBeUndefined();
  });

  it("stays in it under its new connection when it does", async () => {
    const { registry, register, map, lose } = await scene();
    lose("after");
    await expect(register("socket-1")).rejects.toThrow(StoreUnavailable);
    lose(null);
    await register("socket-2");
    await registry.settleDepartures();
    expect(JSON.parse((await map()) ?? "")).toMatchObject({ agent_sid: "socket-2" });
  });
});

describe("a registration that the store has lost", () => {
  it("is written again as it was, with the agent's status; twice is once", async () => {
    const { registry, register, map, store } = await scene();
    const { registration, status } = await register("socket-1");
    const before = await map();
    for (const collection of ["agent_user_mapping", "owners", "agents"]) {
      for (const [key, expected] of await store.listRecords(collection))
        await store.compareAndSet([{ collection, key, expected, next: null }]);
    }
    for (const _ of [1, 2])
      expect(await registry.restore(registration, null, status, NOTHING_ELSE)).toBe(true);
    expect(await map()).toBe(before);
    expect(await registry.status(TAG)).toEqual(status);
    expect(await registry.holds(registration)).toBe(true);
  });

  it("[R7] stays lost when somebody has registered since", async () => {
    const { registry, register, map } = await scene();
    const { registration, status } = await register("socket-1");
    await register("socket-2");
    expect(await registry.restore(registration, null, status, NOTHING_ELSE)).toBe(false);
    expect(JSON.parse((await map()) ?? "")).toMatchObject({ agent_sid: "socket-2" });
  });
});
