#!/usr/bin/env node
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatUserId } from "../shared/protocol/user-id.ts";
import { type Agent, type AgentEnd, startAgent } from "./agent.ts";
import { copyToClipboard } from "./clipboard.ts";
import { defaultConfigFolder } from "./config-folder.ts";
import { EXIT } from "./exit-codes.ts";
import { helpText } from "./help-text.ts";
import { IdentityError, loadIdentity, renewIdentity } from "./identity.ts";
import { type Command, readCommand } from "./options.ts";
import type { AgentReport } from "./status.ts";
import { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

type WatchCommand = Extract<Command, { kind: "watch" }>;

const GREETING_WAIT_MS = 1_500;
const LAST_CHANCE_MS = 800;

const { stdout, stderr } = process;

/** Runs one command line. @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const command = readCommand(args, process.env);
  switch (command.kind) {
    case "help":
      stdout.write(helpText());
      return EXIT.ok;
    case "version":
      stdout.write(`${VERSION}\n`);
      return EXIT.ok;
    case "usage":
      stderr.write(`${command.message}\nSee benchcast-agent --help\n`);
      return EXIT.usage;
    case "id":
      return showId(command.configFolder, command.renew);
    case "watch":
      return watchFolder(command);
  }
}

function showId(configFolder: string | null, renew: boolean): number {
  const folder = configFolder ?? defaultConfigFolder(process.platform, process.env);
  const { userId } = renew ? renewIdentity(folder) : loadIdentity(folder);
  stdout.write(`${formatUserId(userId)}\n`);
  if (renew)
    stderr.write(
      "This is the new User ID. Old sessions stay under the old one. Restart a running agent to use it.\n",
    );
  return EXIT.ok;
}

async function watchFolder(command: WatchCommand): Promise<number> {
  const folder = resolve(command.folder);
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true) {
    stderr.write(`${folder} is a file. Name the folder that the instrument writes to.\n`);
    return EXIT.folder;
  }
  const { hubUrl, name, extensions, recursive, configFolder, token, color } = command;
  const terminal = new Terminal(stdout, stderr, { color, now: Date.now });
  let greetedFor = "";
  let copied = false;
  // As of the latest change; counting a large folder anew each second, for the ages alone, would be waste.
  let latest: AgentReport | null = null;
  const show = () => {
    latest ??= agent.report();
    const report = latest;
    if (report.viewerUrl !== greetedFor) {
      greetedFor = report.viewerUrl;
      terminal.greet({ folder, files: report.files.seen, userId, link: `${greetedFor}/#${userId}`, copied });
    }
    terminal.show(report);
  };
  let showing = () => {};
  const agent = startAgent({
    hubUrl,
    folder,
    name,
    extensions,
    recursive,
    configFolder,
    token,
    onReport: (report) => {
      latest = report;
      showing();
    },
  });
  const userId = formatUserId(agent.userId);
  const interrupted = stopOnSignals(agent);
  // The hub says where people watch and the folder what is in it; the greeting comes without them, too.
  const known = Promise.all([agent.looked, agent.connectedOnce]);
  const wait = Promise.race([known, sleep(GREETING_WAIT_MS, undefined, { ref: false }), agent.ended]);
  [copied] = await Promise.all([stdout.isTTY ? copyToClipboard(userId) : false, wait]);
  showing = show;
  show();
  const ticking = setInterval(show, 1_000);
  const end = await agent.ended;
  clearInterval(ticking);
  return farewell(end, interrupted(), terminal);
}

/** @returns whether it was Ctrl-C */
function stopOnSignals(agent: Agent): () => boolean {
  let interrupted = false;
  const stop = (signal: NodeJS.Signals) => {
    interrupted = signal === "SIGINT";
    void agent.stop();
    // A drive that does not answer must not keep anybody waiting; nothing is lost by leaving it.
    setTimeout(() => process.exit(interrupted ? EXIT.interrupted : EXIT.ok), LAST_CHANCE_MS).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  return () => interrupted;
}

function farewell(end: AgentEnd, interrupted: boolean, terminal: Terminal): number {
  if (end.is === "stopped") return interrupted ? EXIT.interrupted : EXIT.ok;
  terminal.end(end.message);
  return end.code === "replaced" ? EXIT.replaced : EXIT.error;
}

// A reader that closes the pipe (`| head`) has seen enough.
stdout.on("error", () => process.exit(EXIT.ok));

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    // What a person can mend is one line; anything else is a fault of ours and keeps its trace.
    stderr.write(
      error instanceof IdentityError
        ? `${error.message}\n`
        : `${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(EXIT.error);
  },
);
