import { Redis, type RedisOptions } from "ioredis";

const LONGEST_SENTINEL_PAUSE_MS = 1000;
const DEFAULT_SENTINEL_PORT = 26379;

const REDIS_URL_FORMS =
  "redis://host:6379, rediss://user:password@host:6379/0, or redis+sentinel://host:26379,host:26379/name/0";

/** The primary as sentinels know it, by its name. */
interface SentinelAddress {
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly name: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
}

/** Where Redis is: one server, or the one that its sentinels call the primary. From `REDIS_URL`. */
export class RedisAddress {
  /** For people and logs: without any password. */
  readonly label: string;
  /** Redis numbers its databases from 0. */
  readonly database: number;
  readonly #url: string;
  readonly #sentinel: SentinelAddress | null;

  /** @throws Error for what is no Redis URL, without repeating it: it may hold a password */
  constructor(text: string) {
    this.#url = text;
    this.#sentinel = readSentinelUrl(text);
    if (this.#sentinel !== null) {
      const { sentinels, name, database, tls } = this.#sentinel;
      const hosts = sentinels.map(({ host, port }) => `${host}:${port}`).join(",");
      this.label = `redis${tls ? "s" : ""}+sentinel://${hosts}/${name}/${database}`;
      this.database = database;
      return;
    }
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !["redis:", "rediss:"].includes(url.protocol))
      throw new Error(`The Redis URL must look like ${REDIS_URL_FORMS}`);
    this.database = Number(url.pathname.slice(1) || "0");
    if (url.password !== "") url.password = "***";
    // ioredis takes options from there, a password among them.
    url.search = "";
    url.hash = "";
    this.label = url.href;
  }

  /** A client, not yet connected where `options.lazyConnect` says so. */
  client(options: RedisOptions): Redis {
    if (this.#sentinel === null) return new Redis(this.#url, options);
    const { sentinels, name, username, password, database, tls } = this.#sentinel;
    let wasReady = false;
    const client = new Redis({
      ...options,
      sentinels: [...sentinels],
      name,
      db: database,
      ...(username === undefined ? {} : { username }),
      // Sentinels mostly have the password of the servers that they watch; one without a password ignores it.
      ...(password === undefined ? {} : { password, sentinelPassword: password }),
      ...(tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
      // A wrong name or address is told at the start; later the sentinels may all be away for a while.
      sentinelRetryStrategy: (attempt) =>
        wasReady ? Math.min(50 * attempt, LONGEST_SENTINEL_PAUSE_MS) : null,
    });
    client.on("ready", () => {
      wasReady = true;
    });
    return client;
  }
}

/** Null for what does not begin as such. @throws Error without repeating it */
function readSentinelUrl(text: string): SentinelAddress | null {
  const [, tls, access, hosts, name, database] =
    /^redis(s?)\+sentinel:\/\/(?:([^@/]*)@)?([^@/?#]+)\/([^/?#]+)(?:\/(\d+))?$/.exec(text) ?? [];
  if (hosts === undefined || name === undefined) {
    if (/^rediss?\+sentinel:/.test(text)) throw new Error(`The Redis URL must look like ${REDIS_URL_FORMS}`);
    return null;
  }
  const [username, ...password] = (access ?? "").split(":").map(decodeURIComponent);
  return {
    sentinels: hosts.split(",").map(readHost),
    name: decodeURIComponent(name),
    username: username || undefined,
    password: password.join(":") || undefined,
    database: Number(database ?? 0),
    tls: tls === "s",
  };
}

function readHost(text: string) {
  const url = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : null;
  if (url === null || url.hostname === "") throw new Error(`The Redis URL must look like ${REDIS_URL_FORMS}`);
  // An IPv6 address stands in brackets there, and without them in a connection.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { host, port: url.port === "" ? DEFAULT_SENTINEL_PORT : Number(url.port) };
}
