import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { closestWord } from "./closest-word.ts";

/** One option of the command line. The help text and the README's table are made from this list. */
export interface CommandOption {
  readonly name: string;
  /** What the option takes; a switch takes nothing. */
  readonly value: string | null;
  /** Environment variable that sets it when the command line does not. */
  readonly variable: string | null;
  readonly fallback: string | null;
  readonly help: string;
}

/** Endings of the files that instruments write; anything else in the folder is never opened. */
export const DEFAULT_EXTENSIONS = [".txt", ".csv", ".dta", ".mpt", ".pssession", ".tsv"] as const;

export const COMMAND_OPTIONS: readonly CommandOption[] = [
  { name: "hub", value: "URL", variable: "BENCHCAST_HUB", fallback: null, help: "address of the hub" },
  {
    name: "watch",
    value: "DIR",
    variable: "BENCHCAST_WATCH",
    fallback: null,
    help: "folder that the instrument writes to; only read, never changed",
  },
  {
    name: "name",
    value: "TEXT",
    variable: null,
    fallback: "this computer's name",
    help: "how viewers see this instrument",
  },
  {
    name: "ext",
    value: "LIST",
    variable: null,
    fallback: DEFAULT_EXTENSIONS.join(","),
    help: "endings of measurement files; no other file is opened",
  },
  { name: "recursive", value: null, variable: null, fallback: "off", help: "also watch the folders inside" },
  {
    name: "config",
    value: "DIR",
    variable: "BENCHCAST_CONFIG",
    fallback: "your user's configuration folder",
    help: "where the agent's key is kept",
  },
  {
    name: "token",
    value: "TEXT",
    variable: "BENCHCAST_TOKEN",
    fallback: null,
    help: "enrolment token from the hub's operator, where the hub asks for one",
  },
  {
    name: "new",
    value: null,
    variable: null,
    fallback: "off",
    help: "with `id`: make a new User ID; old sessions stay under the old one",
  },
  {
    name: "no-color",
    value: null,
    variable: "NO_COLOR",
    fallback: "off",
    help: "plain text without colours",
  },
  { name: "help", value: null, variable: null, fallback: null, help: "this text" },
  { name: "version", value: null, variable: null, fallback: null, help: "the version of this program" },
];

/** What the command line asks for. */
export type Command =
  | {
      readonly kind: "watch";
      readonly hubUrl: string;
      readonly folder: string;
      readonly name: string;
      readonly extensions: readonly string[];
      readonly recursive: boolean;
      readonly configFolder: string | null;
      readonly token: string | null;
      readonly color: boolean;
    }
  | { readonly kind: "id"; readonly renew: boolean; readonly configFolder: string | null }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "usage"; readonly message: string };

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line; the environment fills what it leaves out. Never throws: mistakes become `usage`. */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const options = Object.fromEntries(
    COMMAND_OPTIONS.map(({ name, value }) => [
      name,
      { type: value === null ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const { values, tokens, positionals } = parseArgs({
    args: args.map((arg) => (arg === "-h" ? "--help" : arg)),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const problem = optionProblem(token.name, token.rawName, token.value);
    if (problem !== null) return usage(problem);
  }
  const twice = givenTwice(tokens.flatMap((token) => (token.kind === "option" ? [token.name] : [])));
  if (twice !== null) return usage(twice);
  if (values.help === true) return { kind: "help" };
  if (values.version === true) return { kind: "version" };
  const [word, ...more] = positionals;
  if (more.length > 0) return usage(`Unexpected “${more[0]}”. A path with spaces needs quotes.`);
  const settings = withEnvironment(values, environment);
  if (word === "id") return { kind: "id", renew: values.new === true, configFolder: text(settings.config) };
  if (word !== undefined)
    return usage(`Unknown command “${word}”. There is one: id. A path with spaces needs quotes.`);
  if (values.new === true) return usage("--new belongs to the command id: benchcast-agent id --new");
  return readWatch(settings);
}

function readWatch(settings: Values): Command {
  const hub = text(settings.hub);
  const folder = text(settings.watch);
  if (hub === null) return usage("Which hub? Add --hub https://…");
  if (folder === null)
    return usage("Which folder? Add --watch and the folder that the instrument writes to.");
  const hubUrl = readHubUrl(hub);
  if (hubUrl === null)
    return usage(`“${hub}” is not the address of a hub. It looks like https://hub.example`);
  if (typeof hubUrl !== "string")
    return usage(
      `A hub is at the root of its name: the path “${hubUrl.path}” of “${hub}” leads nowhere. Use ${hubUrl.origin}`,
    );
  const extensions = readExtensions(text(settings.ext));
  if (extensions === null)
    return usage("--ext takes file endings separated by commas, for example --ext txt,csv");
  const name = (text(settings.name) ?? hostname()).trim().slice(0, 100) || "instrument";
  const configFolder = text(settings.config);
  const token = text(settings.token);
  const color = settings["no-color"] !== true;
  return {
    kind: "watch",
    hubUrl,
    folder,
    name,
    extensions,
    recursive: settings.recursive === true,
    configFolder,
    token,
    color,
  };
}

function optionProblem(name: string, rawName: string, value: string | undefined): string | null {
  const option = COMMAND_OPTIONS.find((known) => known.name === name);
  if (option === undefined) {
    const near = closestWord(
      name,
      COMMAND_OPTIONS.map((known) => known.name),
    );
    return `Unknown option ${rawName}.${near === null ? " See --help." : ` Did you mean --${near}?`}`;
  }
  if (option.value === null && value !== undefined) return `--${name} takes no value.`;
  if (option.value !== null && (value === undefined || value === ""))
    return `--${name} needs a value: --${name} ${option.value}`;
  return null;
}

/** Of two values one would be dropped without a word. */
function givenTwice(names: readonly string[]): string | null {
  const option = COMMAND_OPTIONS.find(
    ({ name, value }) => value !== null && names.filter((given) => given === name).length > 1,
  );
  if (option === undefined) return null;
  const { name, value } = option;
  if (name === "watch")
    return "--watch is given twice, and an agent watches one folder. Start one agent for each, with a --config folder of its own, or watch the folder above with --recursive.";
  const step =
    name === "ext" ? "Put all endings into one: --ext txt,csv" : `Give it once: --${name} ${value}`;
  return `--${name} is given twice. ${step}`;
}

function withEnvironment(values: Values, environment: Environment): Values {
  const settings: Record<string, string | boolean | undefined> = { ...values };
  for (const { name, value, variable } of COMMAND_OPTIONS) {
    const given = variable === null ? undefined : environment[variable];
    if (settings[name] === undefined && given !== undefined && given !== "")
      settings[name] = value === null ? true : given;
  }
  return settings;
}

/**
 * `localhost:3000` becomes `http://localhost:3000`; the ID and query of a pasted link are dropped. A path is not: no
 * agent reaches a hub below one, and whoever gave it must know.
 */
function readHubUrl(given: string): string | { readonly origin: string; readonly path: string } | null {
  const local = /^(localhost|127\.|\[::1\])/i.test(given);
  const address = /^[a-z]+:\/\//i.test(given) ? given : `${local ? "http" : "https"}://${given}`;
  if (!URL.canParse(address)) return null;
  const { protocol, origin, pathname: path } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") return null;
  return path === "/" ? origin : { origin, path };
}

function readExtensions(given: string | null): readonly string[] | null {
  if (given === null) return DEFAULT_EXTENSIONS;
  const endings = given.split(",").map((part) =>
    part
      .trim()
      .toLowerCase()
      .replace(/^\*?\.?/, "."),
  );
  return endings.every((ending) => /^\.[^./\\\s*]+$/.test(ending)) ? [...new Set(endings)] : null;
}

function text(value: string | boolean | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function usage(message: string): Command {
  return { kind: "usage", message };
}
