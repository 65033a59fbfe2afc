import { z } from "zod";
import { isAddressRange } from "./edge/client-address.ts";
import { type Enrolment, readEnrolment } from "./edge/enrolments.ts";
import { hostName } from "./edge/host-name.ts";

/** Settings of a hub: environment variables, checked at start, all problems told at once, secrets never echoed. */

interface Variable {
  readonly schema: z.ZodType;
  /** As the README prints it. */
  readonly fallback: string;
  readonly unit: string;
  readonly help: string;
  /** What is given is never repeated. */
  readonly secret?: true;
}

const integer = (low: number, high: number, fallback: number) => {
  const wanted = `must be a whole number from ${low} to ${high}`;
  return z.coerce.number(wanted).int(wanted).min(low, wanted).max(high, wanted).default(fallback);
};

/** An absolute http(s) address; no trailing slash afterwards. A path would be lost on the way, so it is refused. */
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:\/\//.test(text),
    "must be an address such as https://hub.example.org",
  )
  .refine(
    (text) => !URL.canParse(text) || new URL(text).href === `${new URL(text).origin}/`,
    "must be an address alone, such as https://hub.example.org: agents and viewers find a hub at the root of its name, below no path",
  )
  .transform((text) => new URL(text).origin);

const list = z.string().default("").transform(splitList);

/** The message must not repeat what it refuses: it is a secret. */
const enrolment = z.string().transform((text, problem): Enrolment => {
  const read = readEnrolment(text);
  if (read !== null) return read;
  problem.addIssue(
    "must be name:token or name:token:weight, the token at least 16 of A–Z a–z 0–9 _ -, the weight 1 to 16",
  );
  return z.NEVER;
});

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** The one list of variables: the parser, `--help` and the README's table are made from it. */
export const VARIABLES = {
  HOST: {
    schema: z.string().min(1).default("127.0.0.1"),
    fallback: "127.0.0.1",
    unit: "address",
    help: "Address to listen on. `0.0.0.0` lets other machines in.",
  },
  PORT: {
    schema: integer(0, 65_535, 8080),
    fallback: "8080",
    unit: "0 to 65535",
    help: "Port to listen on; 0 takes a free one.",
  },
  PUBLIC_URL: {
    schema: origin.optional(),
    fallback: "the address it listens on",
    unit: "URL",
    help: "Address that browsers use, as the agents print it.",
  },
  DATA_DIR: {
    schema: z.string().min(1).default("./benchcast-data"),
    fallback: "./benchcast-data",
    unit: "folder",
    help: "Where the hub keeps its files. One hub a folder.",
  },
  HUB_ID: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 of A–Z a–z 0–9 _ -")
      .optional(),
    fallback: "random at each start",
    unit: "1 to 64 of A–Z a–z 0–9 _ -",
    help: "Name of this hub among the hubs of one Redis. No two may have the same.",
  },
  HUB_LEASE_S: {
    schema: integer(2, 300, 15),
    fallback: "15",
    unit: "s, 2 to 300",
    help: "A hub that was killed or stands still is noticed within this time, and its agents are shown as offline until they are back. The same for all hubs.",
  },
  REDIS_URL: {
    schema: z
      .string()
      .regex(
        /^rediss?(\+sentinel)?:\/\//,
        "must begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://",
      )
      .optional(),
    fallback: "none",
    secret: true,
    unit: "redis:// URL",
    help: "Keep sessions and results in this Redis (7 or later) and not in a file; behind sentinels: redis+sentinel://host:26379,host:26379/name.",
  },
  ALLOWED_ORIGINS: {
    schema: list.pipe(z.array(origin)),
    fallback: "none",
    unit: "URLs, commas",
    help: "Other pages that may connect: a viewer hosted elsewhere.",
  },
  ALLOWED_HOSTS: {
    schema: list.pipe(
      z.array(z.string().refine((text) => hostName(text) !== null, "must be a name, without https://")),
    ),
    fallback: "none",
    unit: "names, commas",
    help: "Further names of this hub. `localhost`, addresses, names without a dot, `.local` and the name in PUBLIC_URL are known by themselves.",
  },
  TRUST_PROXY: {
    schema: list.pipe(
      z.array(z.string().refine(isAddressRange, "must be addresses such as 10.0.0.7 or 10.0.0.0/8")),
    ),
    fallback: "none",
    unit: "addresses, CIDR, commas",
    help: "Reverse proxies in front of the hub. Only they are believed when they say in X-Forwarded-For who asks.",
  },
  AGENT_TOKENS: {
    schema: list.pipe(z.array(enrolment)),
    fallback: "none",
    secret: true,
    unit: "name:token[:weight], commas",
    help: "Take only agents that show one of these tokens (16 or more of A–Z a–z 0–9 _ -). Each lab can have its own, and a weight (1 to 16): its turns where others have one.",
  },
  ADMIN_TOKEN: {
    schema: z
      .string()
      .regex(/^[\w-]{16,}$/, "must be at least 16 of A–Z a–z 0–9 _ -")
      .optional(),
    fallback: "none",
    secret: true,
    unit: "16 or more of A–Z a–z 0–9 _ -",
    help: "Turns on the page `/admin`, for whoever has this token.",
  },
  MAX_CONNECTIONS_PER_IP: {
    schema: integer(1, 100_000, 500),
    fallback: "500",
    unit: "1 to 100000",
    help: "Agents and viewers of one address (IPv6: one /64) at once. A whole institute can be one address.",
  },
  MAX_VIEWERS_PER_AGENT: {
    // Each is told a head a second: 2,000 × 200 B/s is 3.2 Mbit/s for one agent.
    schema: integer(1, 100_000, 2_000),
    fallback: "2000",
    unit: "1 to 100000",
    help: "Viewers of one agent at once, at all hubs together (which hear of each other's within seconds).",
  },
  MAX_FILE_BYTES: {
    schema: integer(1_024, 268_435_456, 20_971_520),
    fallback: "20971520",
    unit: "bytes, 1024 to 268435456",
    help: "Largest instrument file that is taken.",
  },
  MAX_CONCURRENT_TASKS: {
    schema: integer(1, 64, 2),
    fallback: "2",
    unit: "1 to 64",
    help: "Re-analyses and large exports that this hub runs at once. Others wait for their turn.",
  },
  MAX_TASKS_PER_USER: {
    schema: integer(1, 100, 10),
    fallback: "10",
    unit: "1 to 100",
    help: "Tasks of one User ID that may wait.",
  },
  EXPORT_DIRECT_S: {
    schema: integer(0, 3_600, 5),
    fallback: "5",
    unit: "s, 0 to 3600",
    help: "Exports that take the hub about so long are downloaded at once; longer ones are made in their turn and kept for a day. 0: all of them.",
  },
  EXPORT_BUDGET_MB: {
    schema: integer(1, 16_777_216, 4_096),
    fallback: "4096",
    unit: "MiB, 1 to 16777216",
    help: "Room for finished large exports on this hub. Past it the oldest go; their links then make them anew.",
  },
  RAW_BUDGET_MB: {
    schema: integer(1, 16_777_216, 20_480),
    fallback: "20480",
    unit: "MiB, 1 to 16777216",
    help: "Room for instrument files on this hub: half of it for one User ID, a quarter for one session. Past it the oldest go; their results stay.",
  },
  SESSION_TTL_DAYS: {
    schema: integer(1, 36_500, 30),
    fallback: "30",
    unit: "days, 1 to 36500",
    help: "Sessions are removed this long after their last file, with everything in them. One that runs stays while its agent is connected.",
  },
  BACKUP_DIR: {
    schema: z.string().min(1).optional(),
    fallback: "none",
    unit: "folder",
    help: "Copy the database here on a schedule, while the hub runs. On another disk, best on another machine.",
  },
  BACKUP_EVERY_HOURS: {
    schema: integer(1, 8_760, 24),
    fallback: "24",
    unit: "h, 1 to 8760",
    help: "Time from one backup to the next.",
  },
  BACKUP_KEEP: {
    schema: integer(1, 1_000, 7),
    fallback: "7",
    unit: "1 to 1000",
    help: "Backups that are kept. Each is as large as the data.",
  },
  DRAIN_WITHIN_S: {
    schema: integer(1, 3_600, 10),
    fallback: "10",
    unit: "s, 1 to 3600",
    help: "A hub that is told to end waits this long for downloads to finish, then cuts them.",
  },
  LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
    fallback: "info",
    unit: LOG_LEVELS.join(", "),
    help: "How much the hub logs.",
  },
} as const satisfies Record<string, Variable>;

const Settings = z.object({
  HOST: VARIABLES.HOST.schema,
  PORT: VARIABLES.PORT.schema,
  PUBLIC_URL: VARIABLES.PUBLIC_URL.schema,
  DATA_DIR: VARIABLES.DATA_DIR.schema,
  HUB_ID: VARIABLES.HUB_ID.schema,
  HUB_LEASE_S: VARIABLES.HUB_LEASE_S.schema,
  REDIS_URL: VARIABLES.REDIS_URL.schema,
  ALLOWED_ORIGINS: VARIABLES.ALLOWED_ORIGINS.schema,
  ALLOWED_HOSTS: VARIABLES.ALLOWED_HOSTS.schema,
  TRUST_PROXY: VARIABLES.TRUST_PROXY.schema,
  AGENT_TOKENS: VARIABLES.AGENT_TOKENS.schema,
  ADMIN_TOKEN: VARIABLES.ADMIN_TOKEN.schema,
  MAX_CONNECTIONS_PER_IP: VARIABLES.MAX_CONNECTIONS_PER_IP.schema,
  MAX_VIEWERS_PER_AGENT: VARIABLES.MAX_VIEWERS_PER_AGENT.schema,
  MAX_FILE_BYTES: VARIABLES.MAX_FILE_BYTES.schema,
  MAX_CONCURRENT_TASKS: VARIABLES.MAX_CONCURRENT_TASKS.schema,
  MAX_TASKS_PER_USER: VARIABLES.MAX_TASKS_PER_USER.schema,
  EXPORT_DIRECT_S: VARIABLES.EXPORT_DIRECT_S.schema,
  EXPORT_BUDGET_MB: VARIABLES.EXPORT_BUDGET_MB.schema,
  RAW_BUDGET_MB: VARIABLES.RAW_BUDGET_MB.schema,
  SESSION_TTL_DAYS: VARIABLES.SESSION_TTL_DAYS.schema,
  BACKUP_DIR: VARIABLES.BACKUP_DIR.schema,
  BACKUP_EVERY_HOURS: VARIABLES.BACKUP_EVERY_HOURS.schema,
  BACKUP_KEEP: VARIABLES.BACKUP_KEEP.schema,
  DRAIN_WITHIN_S: VARIABLES.DRAIN_WITHIN_S.schema,
  LOG_LEVEL: VARIABLES.LOG_LEVEL.schema,
} satisfies Record<keyof typeof VARIABLES, z.ZodType>);

export type Config = z.output<typeof Settings>;

/** The settings are wrong; the message has a line for each variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the settings from the environment. An empty variable counts as absent.
 *
 * @throws ConfigError naming every wrong variable, what was given (unless it is a secret) and what is allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.keys(VARIABLES).map((name) => [
    name,
    environment[name] === "" ? undefined : environment[name],
  ]);
  const result = Settings.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path: [name], message }) => {
    const variable = String(name);
    return `  ${variable}: ${message}${givenText(variable, environment[variable])}`;
  });
  throw new ConfigError(
    `These settings cannot be used:\n${[...new Set(lines)].join("\n")}\nChange them in the environment and start the hub again. The README lists every variable.`,
  );
}

/** So much of a wrong value tells which one it is. */
const MOST_GIVEN = 80;

function givenText(name: string, value: string | undefined): string {
  const variables: Readonly<Record<string, Variable>> = VARIABLES;
  if (value === undefined || variables[name]?.secret === true) return "";
  // Whoever writes a password into an address means it as a secret.
  const shown = value.replace(/.*@/gs, "…@").replace(/\p{Cc}/gu, "\ufffd");
  return ` (given: “${shown.length > MOST_GIVEN ? `${shown.slice(0, MOST_GIVEN)}…` : shown}”)`;
}

function splitList(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
