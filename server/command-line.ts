import { readUserId } from "../shared/protocol/user-id.ts";
import { VARIABLES } from "./config.ts";
import { userTag } from "./sessions/user-tag.ts";

/** What the hub's command line asks for: to run, or to print something and end. */
export type HubCommand =
  | { readonly kind: "run" }
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "usage"; readonly message: string };

const USAGE = `npm start                     run the hub
npm start -- --tag USER-ID    print how that User ID stands in the log
npm start -- --help           this text`;

/** Reads the command line. Settings are environment variables; there is little else to say. */
export function readHubCommand(words: readonly string[]): HubCommand {
  const [option, value, ...more] = words;
  if (option === undefined) return { kind: "run" };
  if (option === "--help" || option === "-h") return { kind: "print", text: help() };
  if (option !== "--tag" || value === undefined || more.length > 0) return { kind: "usage", message: USAGE };
  const reading = readUserId(value);
  if (!reading.ok) return { kind: "usage", message: reading.message };
  return { kind: "print", text: userTag(reading.user_id) };
}

function help(): string {
  const lines = Object.entries(VARIABLES).map(
    ([name, { fallback, unit, help: text }]) =>
      `  ${name}\n      ${text}\n      ${unit}; default: ${fallback}`,
  );
  return `${USAGE}\n\nSettings (environment variables):\n\n${lines.join("\n")}`;
}
