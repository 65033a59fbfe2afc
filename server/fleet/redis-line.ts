import { createShardedAdapter } from "@socket.io/redis-adapter";
import type { Redis } from "ioredis";
import { StoreUnavailable } from "../store/port.ts";
import { RedisAddress } from "../store/redis-address.ts";
import { RedisConnection } from "../store/redis-connection.ts";
import { toInteger } from "../store/redis-reply.ts";
import { type AdapterFactory, publishBeside } from "./room-adapter.ts";

/** A Redis that stands still is as good as gone. */
const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_RECONNECT_PAUSE_MS = 1_000;
/** Bytes on their way to Redis; past them hints are dropped: two seconds of a link of 64 Mbit/s. */
const MAX_UNDER_WAY_BYTES = 16 * 1024 * 1024;

type Listener = (message: Buffer) => void;

/**
 * What goes between hubs besides the store: one connection that publishes and never queues, and one that listens.
 * Channels are sharded (Redis 7), so a hub receives only what it asked for. Everything here may be lost while Redis
 * is away; whoever needs an answer waits for one.
 */
export class RedisLine {
  /** Runs scripts and publishes. While Redis is away it rejects at once: pushes of an outage must not pile up. */
  readonly commands: RedisConnection;
  readonly #subscriber: Redis;
  readonly #prefix: string;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Map<string, Listener>();
  /** Channels of the rooms that Socket.IO listens to. */
  readonly #rooms = new Set<string>();
  #underWayBytes = 0;
  #closed = false;

  /**
   * Resolves when both connections are ready: a subscription before that would be lost.
   *
   * @throws StoreUnavailable when Redis cannot be reached
   */
  static async open(url: string, onError: (error: unknown) => void): Promise<RedisLine> {
    const commands = await RedisConnection.open(url, COMMAND_TIMEOUT_MS);
    const line = new RedisLine(url, commands, onError);
    try {
      await line.#subscriber.connect();
      return line;
    } catch (error) {
      await line.close();
      throw new StoreUnavailable("Redis takes no second connection", { cause: error });
    }
  }

  private constructor(url: string, commands: RedisConnection, onError: (error: unknown) => void) {
    this.commands = commands;
    this.#onError = (error) => {
      if (!this.#closed) onError(error);
    };
    const address = new RedisAddress(url);
    // Redis numbers its databases, but not the channels of each.
    this.#prefix = `benchcast:${address.database}:`;
    this.#subscriber = address.client({
      lazyConnect: true,
      // A subscription during the ready check would be lost, and one must wait for Redis however long it is away.
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      // Done below: the library does not catch what its own resubscribing may throw, and that ends the process.
      autoResubscribe: false,
      disconnectTimeout: 100,
      retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_RECONNECT_PAUSE_MS),
    });
    this.#subscriber.on("error", () => undefined); // `commands` says what is wrong with Redis
    this.#subscriber.on("ready", () => {
      for (const channel of [...this.#listeners.keys(), ...this.#rooms]) this.#subscribe(channel);
    });
    this.#subscriber.on("smessageBuffer", (channel: Buffer, message: Buffer) => {
      this.#listeners.get(channel.toString())?.(message);
    });
  }

  /** Joins the rooms of this hub's sockets with those of all others. */
  get rooms(): AdapterFactory {
    const publisher = {
      spublish: (channel: string, payload: string | Buffer) => this.#publish(channel, Buffer.from(payload)),
    };
    const subscriber = {
      on: (event: "smessageBuffer", listener: (channel: Buffer, message: Buffer) => void) =>
        this.#subscriber.on(event, listener),
      ssubscribe: (channel: string) => {
        this.#rooms.add(channel);
        this.#subscribe(channel);
      },
      sunsubscribe: (channel: string) => {
        this.#rooms.delete(channel);
        this.#subscriber.sunsubscribe(channel).catch(this.#onError);
      },
    };
    const options = { channelPrefix: `${this.#prefix}rooms`, subscriptionMode: "dynamic" as const };
    return publishBeside(createShardedAdapter(publisher, subscriber, options));
  }

  /** @returns how many hubs received it. @throws StoreUnavailable */
  publish(channel: string, message: Buffer): Promise<number> {
    return this.#publish(this.#prefix + channel, message);
  }

  listen(channel: string, listener: Listener): void {
    this.#listeners.set(this.#prefix + channel, listener);
    this.#subscribe(this.#prefix + channel);
  }

  /** What came from Redis on the connection that listens now. */
  get receivedBytes(): number {
    return this.#subscriber.stream.bytesRead;
  }

  /** Begins to listen anew: what it listened on may be dead without a word. */
  renew(): void {
    this.#subscriber.disconnect(true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscriber.disconnect();
    await this.commands.close();
  }

  async #publish(channel: string, message: Buffer): Promise<number> {
    if (this.#underWayBytes + message.length > MAX_UNDER_WAY_BYTES)
      throw new StoreUnavailable("too much is on its way to Redis");
    this.#underWayBytes += message.length;
    try {
      return toInteger(await this.commands.call("SPUBLISH", channel, message));
    } finally {
      this.#underWayBytes -= message.length;
    }
  }

  #subscribe(channel: string): void {
    this.#subscriber.ssubscribe(channel).catch(this.#onError);
  }
}
