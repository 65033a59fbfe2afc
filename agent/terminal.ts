import { renderUnicodeCompact } from "uqr";
import type { Problem } from "./problems.ts";
import type { AgentReport } from "./status.ts";
import { clockTime, stateKey, statusLine } from "./status-line.ts";

/** A stream of the process, as far as the screen needs it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface Greeting {
  readonly folder: string;
  readonly files: number;
  /** As people read it. */
  readonly userId: string;
  readonly link: string;
  readonly copied: boolean;
}

const CLEAR_BELOW = "\u001b[0J";
const up = (lines: number) => `\u001b[${lines}A\r`;

/**
 * The agent's screen: five lines, then one that stays. On a terminal that line is rewritten in place, with the
 * problems of the moment above it, each gone when it ends. Anywhere else a line is written when something changes.
 */
export class Terminal {
  readonly #out: Screen;
  readonly #err: Screen;
  readonly #color: boolean;
  readonly #now: () => number;
  #liveLines = 0;
  #liveText = "";
  #lastKey = "";
  #told: readonly Problem[] = [];

  constructor(out: Screen, err: Screen, options: { readonly color: boolean; readonly now: () => number }) {
    this.#out = out;
    this.#err = err;
    this.#color = options.color && out.isTTY === true;
    this.#now = options.now;
  }

  /** Once at the start, and again if the link turns out to be another. */
  greet({ folder, files, userId, link, copied }: Greeting): void {
    const count = `${files} ${files === 1 ? "file" : "files"}`;
    const note = copied ? `      ${this.#paint("copied to the clipboard", "2")}` : "";
    const lines = [
      `Benchcast agent · watching ${folder} (${count})`,
      "",
      `   User ID   ${this.#paint(userId, "1")}${note}`,
      `   Open      ${link}`,
      "",
    ];
    this.#liveLines = 0;
    this.#out.write(`${lines.join("\n")}\n${this.#qrCode(link, lines.length)}`);
  }

  /** Shows where things stand. Call it on every report, and each second for the ages in it. */
  show(report: AgentReport): void {
    if (this.#out.isTTY === true) this.#redraw(report);
    else this.#log(report);
  }

  /** A last word below everything else. */
  end(text: string): void {
    this.#liveLines = 0;
    this.#err.write(`${printable(text)}\n`);
  }

  #redraw(report: AgentReport): void {
    const width = Math.max(20, (this.#out.columns ?? 80) - 1);
    const problems = report.problems.flatMap((problem) => wrap(this.#problemLine(problem), width));
    const dot = report.connection.is === "connected" ? this.#paint("●", "32") : this.#paint("○", "33");
    const status = `${dot} ${cut(printable(statusLine(report, this.#now())), width - 2)}`;
    const lines = [...problems, status];
    const text = lines.join("\n");
    if (this.#liveLines > 0 && text === this.#liveText) return;
    this.#liveText = text;
    this.#out.write(`${this.#liveLines > 0 ? up(this.#liveLines) : ""}${CLEAR_BELOW}${text}\n`);
    this.#liveLines = lines.length;
  }

  #log(report: AgentReport): void {
    for (const problem of report.problems) {
      if (!this.#told.some(({ id, text }) => id === problem.id && text === problem.text))
        this.#err.write(`${this.#problemLine(problem)}\n`);
    }
    for (const { id, text } of this.#told) {
      if (!report.problems.some((problem) => problem.id === id))
        this.#err.write(
          `${clockTime(this.#now(), this.#now())}  no longer: ${printable(firstSentence(text))}\n`,
        );
    }
    this.#told = report.problems;
    const key = stateKey(report);
    if (key === this.#lastKey) return;
    this.#lastKey = key;
    this.#out.write(
      `${clockTime(this.#now(), this.#now())}  ${printable(statusLine(report, this.#now()))}\n`,
    );
  }

  #problemLine({ since_ms, text }: Problem): string {
    return `${clockTime(since_ms, this.#now())}  ${printable(text)}`;
  }

  /** Only where it fits beside everything else: half a code is worse than none. */
  #qrCode(link: string, usedLines: number): string {
    if (this.#out.isTTY !== true) return "";
    const code = renderUnicodeCompact(link, { border: 2 });
    const rows = code.split("\n").map((row) => `   ${row}`);
    const fits =
      rows.length + usedLines + 3 <= (this.#out.rows ?? 0) &&
      (rows[0]?.length ?? 0) < (this.#out.columns ?? 0);
    return fits ? `${rows.join("\n")}\n\n` : "";
  }

  #paint(text: string, style: string): string {
    return this.#color ? `\u001b[${style}m${text}\u001b[0m` : text;
  }
}

/** Names of files and words of a hub are not ours: nothing in them may steer the terminal or turn its text round. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}

/** What was true; what to do about it is over. */
function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (line !== "" && line.length + word.trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = "       ";
    }
    line += word;
  }
  lines.push(line.trimEnd());
  return lines.map((part) => cut(part, width));
}
