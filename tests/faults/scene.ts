import { setTimeout as pause } from "node:timers/promises";
import { nanoid } from "nanoid";
import { onTestFinished } from "vitest";
import type { Random } from "../../agent/random.ts";
import { openStore } from "../../server/store/open-store.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import type { CheckOptions, Verdict } from "./checker.ts";
import { Party } from "./party.ts";
import { fork, shortOrLong, together } from "./scenario.ts";
import { readStoredLog } from "./stored-log.ts";

/** What a hub logs as an error because an operator must know it. Everything else at that level is a bug. */
const TOLD_BY_INTENTION = ['"msg":"store away"', '"msg":"store emptied or replaced: restoring"'];
const ASK_AGAIN_MS = 100;
const MOST_MS = shortOrLong(120_000, 900_000);

export interface SceneOptions {
  readonly store?: "file" | "redis";
  /** Of the hub; a folder of its own when absent. */
  readonly dataDir?: string;
  readonly viewers?: number;
  readonly filesAtStart?: number;
}

/** A hub and two laboratories on it: one that faults are aimed at, one that shares the hub with it. */
export class Scene {
  readonly hub: HubProcess;
  readonly party: Party;
  readonly neighbour: Party;
  readonly dataDir: string;
  readonly #redis: RedisServer | null;

  static async start(random: Random, options: SceneOptions = {}): Promise<Scene> {
    const redis = options.store === "redis" ? await startRedis() : null;
    if (redis !== null) onTestFinished(() => redis.stop());
    const hub = await startHubProcess({
      ...(redis === null ? {} : { REDIS_URL: redis.url }),
      ...(options.dataDir === undefined ? {} : { DATA_DIR: options.dataDir }),
    });
    const { viewers = 1, filesAtStart = 0 } = options;
    const [party, neighbour] = await Promise.all([
      Party.start({
        hubUrl: hub.url,
        random: fork(random),
        canary: canary("party", random),
        agent: "process",
        viewers,
        filesAtStart,
      }),
      Party.start({
        hubUrl: hub.url,
        random: fork(random),
        canary: canary("neighbour", random),
        agent: "here",
        viewers: 1,
      }),
    ]);
    party.forbid(neighbour.secrets);
    neighbour.forbid(party.secrets);
    return new Scene({ hub, redis, party, neighbour, dataDir: options.dataDir ?? hub.dataDir });
  }

  private constructor(
    parts: Pick<Scene, "hub" | "party" | "neighbour" | "dataDir"> & { redis: RedisServer | null },
  ) {
    this.hub = parts.hub;
    this.party = parts.party;
    this.neighbour = parts.neighbour;
    this.dataDir = parts.dataDir;
    this.#redis = parts.redis;
  }

  get redis(): RedisServer {
    if (this.#redis === null) throw new TypeError("This scene has no Redis.");
    return this.#redis;
  }

  get parties(): readonly Party[] {
    return [this.party, this.neighbour];
  }

  /** Both instruments measure until they are stopped. */
  writeOn(): { stop(): Promise<void> } {
    const writing = this.parties.map(({ instrument }) => instrument.writeOn());
    return {
      stop: async () => {
        await Promise.all(writing.map((one) => one.stop()));
      },
    };
  }

  /** Waits until every viewer shows everything. @returns how long that took, ms */
  async converged(withinMs = MOST_MS): Promise<number> {
    const startedMs = performance.now();
    await Promise.all(this.parties.map((party) => party.converged(withinMs)));
    return performance.now() - startedMs;
  }

  /** Everything calms down, the hub ends as an operator ends it, and the store is held against what was seen. */
  async judge(options: CheckOptions = {}): Promise<Verdict> {
    await this.converged();
    await Promise.all(this.parties.map((party) => this.#nothingOwed(party)));
    const leaks = await this.#publicPages();
    const exitCode = await this.hub.terminate();
    const store = await openStore({ redisUrl: this.#redis?.url, dataDir: this.dataDir, newId: nanoid });
    try {
      const verdicts = await Promise.all(
        this.parties.map(async (party) => {
          return party.judge(await readStoredLog(store, party.logKey), options);
        }),
      );
      const verdict = together(verdicts);
      const ending = exitCode === 0 ? [] : [`the hub ended with ${exitCode}`];
      const errors = this.hub
        .errors()
        .filter((line) => !TOLD_BY_INTENTION.some((told) => line.includes(told)));
      const logged = errors.map((line) => `the hub logged ${line.slice(0, 1_000)}`);
      return { ...verdict, violations: [...verdict.violations, ...leaks, ...ending, ...logged] };
    } finally {
      await store.close();
    }
  }

  async #nothingOwed({ viewers }: Party): Promise<void> {
    const deadlineMs = performance.now() + MOST_MS;
    for (;;) {
      const owed = await viewers[0]?.viewer.owed();
      if (owed === 0) return;
      if (performance.now() > deadlineMs) throw new Error(`The agent still owes ${owed} files.`);
      await pause(ASK_AGAIN_MS);
    }
  }

  /** [I4] What anybody may read says nothing of anybody. */
  async #publicPages(): Promise<string[]> {
    const secrets = this.parties.flatMap((party) => party.secrets);
    const pages = ["/health", "/ready", "/metrics", "/api/run/status", "/api/stats"];
    const texts = await Promise.all(
      pages.map(async (page) => (await fetch(`${this.hub.url}${page}`)).text()),
    );
    return secrets
      .filter((word) => texts.some((text) => text.includes(word)))
      .map((word) => `[I4] a page shows ${word}`);
  }
}

/** Letters alone: digits would be fields of the name pattern. */
function canary(name: string, random: Random): string {
  const letters = Array.from({ length: 12 }, () =>
    String.fromCharCode(97 + Math.floor(random.uniform() * 26)),
  );
  return `${name}-${letters.join("")}`;
}
