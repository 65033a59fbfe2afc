import { EXIT } from "./exit-codes.ts";
import { COMMAND_OPTIONS, type CommandOption } from "./options.ts";

const EXAMPLES = `Shows a folder of measurement files live on a hub.

  benchcast-agent --hub https://hub.example --watch "C:\\data\\2026-11-21"
  benchcast-agent id            shows this agent's User ID
  benchcast-agent id --new      makes a new one; old sessions stay under the old ID
`;

const CODES: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "ended as asked",
  error: "could not start, or the hub sent it away; the message says why",
  usage: "the command line has a mistake",
  folder: "the path to watch is a file",
  replaced: "another agent with the same key has taken over",
  interrupted: "interrupted with Ctrl-C",
};

/** The text of `--help`, made from the table of options. */
export function helpText(): string {
  const options = COMMAND_OPTIONS.map(
    (option) => `  ${usageOf(option).padEnd(16)}${option.help}${notes(option)}`,
  );
  const codes = Object.entries(EXIT).map(
    ([name, code]) => `  ${String(code).padEnd(16)}${CODES[name as keyof typeof EXIT]}`,
  ); // keys of EXIT itself
  return [EXAMPLES, "Options", ...options, "", "Exit codes", ...codes, ""].join("\n");
}

function usageOf({ name, value }: CommandOption): string {
  return value === null ? `--${name}` : `--${name} ${value}`;
}

function notes({ fallback, variable }: CommandOption): string {
  const parts = [
    fallback === null || fallback === "off" ? null : `default: ${fallback}`,
    variable && `or ${variable}`,
  ];
  const text = parts.filter(Boolean).join("; ");
  return text === "" ? "" : ` (${text})`;
}
