import { describe, expect, it } from "vitest";
import { clipboardTool } from "../../../agent/clipboard.ts";
import type { AgentReport } from "../../../agent/status.ts";
import { ago, clockTime, statusLine } from "../../../agent/status-line.ts";
import { type Screen, Terminal } from "../../../agent/terminal.ts";

const NOW_MS = new Date(2026, 10, 21, 14, 10, 3).getTime();
const GREETING = {
  folder: "C:\\data\\2026-11-21",
  files: 248,
  userId: "7k2m-9xqd-t4hw-b8z7",
  link: "https://hub.example/#7k2m-9xqd-t4hw-b8z7",
  copied: true,
};

function report(changes: Partial<AgentReport> = {}): AgentReport {
  return {
    connection: { is: "connected", since_ms: NOW_MS },
    sessions: 1,
    awaitsSessions: false,
    files: { seen: 248, unmatched: 0, waiting: 0, owed: 0, sent: 240, rejected: 0, ignored: 0 },
    last: { name: "swv_240.txt", at_ms: NOW_MS - 3_000 },
    viewers: 2,
    viewerUrl: "https://hub.example",
    problems: [],
    ...changes,
  };
}

/** A screen that remembers what was written. */
function screen(options: Partial<Screen> = {}): Screen & { text: string } {
  const made = {
    ...options,
    text: "",
    write(text: string) {
      made.text += text;
    },
  };
  return made;
}

function terminal(out: Screen, err: Screen, color = false): Terminal {
  return new Terminal(out, err, { color, now: () => NOW_MS });
}

describe("the agent's terminal", () => {
  it("greets with five lines", () => {
    const out = screen();
    terminal(out, screen()).greet(GREETING);
    expect(out.text).toBe(
      [
        "Benchcast agent · watching C:\\data\\2026-11-21 (248 files)",
        "",
        "   User ID   7k2m-9xqd-t4hw-b8z7      copied to the clipboard",
        "   Open      https://hub.example/#7k2m-9xqd-t4hw-b8z7",
        "",
        "",
      ].join("\n"),
    );
  });

  it("says what is true in one line", () => {
    expect(statusLine(report(), NOW_MS)).toBe(
      "connected · 248 seen · 240 sent · 0 owed · last swv_240.txt 3 s ago · 2 viewers",
    );
    const offline = report({ connection: { is: "offline", since_ms: NOW_MS - 8 * 60_000 }, viewers: 0 });
    expect(statusLine(offline, NOW_MS)).toContain("offline since 14:02 · 248 seen");
    expect(statusLine(report({ sessions: 0, last: null }), NOW_MS)).toContain(
      "no analysis yet: open the link",
    );
    // After a restart: the hub has not named the session that runs.
    expect(statusLine(report({ sessions: 0, awaitsSessions: true, last: null }), NOW_MS)).toMatch(
      /^connected · 248 seen/,
    );
  });

  it("shows a QR code only where it fits", () => {
    const large = screen({ isTTY: true, columns: 80, rows: 40 });
    const low = screen({ isTTY: true, columns: 80, rows: 20 });
    const pipe = screen({ columns: 80, rows: 40 });
    for (const out of [large, low, pipe]) terminal(out, screen()).greet(GREETING);
    expect(large.text).toContain("█");
    expect(low.text).not.toContain("█");
    expect(pipe.text).not.toContain("█");
  });

  it("rewrites its line in place on a terminal, with the problems of the moment above it", () => {
    const out = screen({ isTTY: true, columns: 60, rows: 10 });
    const shown = terminal(out, screen());
    const problem = {
      id: "connection",
      text: `Nothing answers. ${"Check it. ".repeat(8)}`,
      since_ms: NOW_MS,
    };
    shown.show(report({ problems: [problem] }));
    const lines = out.text.split("\n");
    expect(lines[0]).toContain("14:10  Nothing answers.");
    expect(Math.max(...lines.map((line) => line.replace("\u001b[0J", "").length))).toBeLessThan(60);
    out.text = "";
    shown.show(report());
    expect(out.text).toContain(`\u001b[${lines.length - 1}A`);
    expect(out.text).not.toContain("Nothing answers");
  });

  it("writes a line elsewhere only when something changes, and each problem once", () => {
    const out = screen();
    const err = screen();
    const shown = terminal(out, err);
    const problem = {
      id: "connection",
      text: "Nothing answers at http://127.0.0.1:1. Check that the hub runs. Trying again.",
      since_ms: NOW_MS,
    };
    for (let times = 0; times < 3; times++) shown.show(report({ problems: [problem] }));
    shown.show(report({ files: { ...report().files, sent: 241 } }));
    expect(out.text.split("\n")).toHaveLength(2);
    expect(err.text).toBe(
      "14:10  Nothing answers at http://127.0.0.1:1. Check that the hub runs. Trying again.\n14:10  no longer: Nothing answers at http://127.0.0.1:1.\n",
    );
    expect(out.text + err.text).not.toContain("\u001b");
  });

  it("lets no name of a file and no word of a hub steer the screen", () => {
    const out = screen();
    const err = screen();
    const shown = terminal(out, err);
    shown.show(
      report({
        last: { name: "a\u009b2J\u202e.txt", at_ms: NOW_MS },
        problems: [{ id: "connection", text: "Refused: \u001b[2J\r\nfine", since_ms: NOW_MS }],
      }),
    );
    shown.end("\u001b]0;title\u0007");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
    expect(out.text + err.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("uses colour only where it is wanted", () => {
    const plain = screen({ isTTY: true, columns: 80 });
    const painted = screen({ isTTY: true, columns: 80 });
    terminal(plain, screen(), false).show(report());
    terminal(painted, screen(), true).show(report());
    expect(plain.text).not.toContain("[32m");
    expect(painted.text).toContain("[32m●");
  });

  it("tells times as people do, with the day when it is not today", () => {
    expect([ago(-5), ago(3_000), ago(600_000), ago(4 * 3_600_000)]).toEqual([
      "0 s ago",
      "3 s ago",
      "10 min ago",
      "4 h ago",
    ]);
    expect(clockTime(NOW_MS - 86_400_000, NOW_MS)).toBe("2026-11-20 14:10");
  });

  it("knows which program copies to the clipboard, and when there is none", () => {
    expect(clipboardTool("win32", {})).toEqual(["clip"]);
    expect(clipboardTool("darwin", {})).toEqual(["pbcopy"]);
    expect(clipboardTool("linux", { WAYLAND_DISPLAY: "wayland-0", DISPLAY: ":0" })).toEqual(["wl-copy"]);
    expect(clipboardTool("linux", { DISPLAY: ":0" })?.[0]).toBe("xclip");
    expect(clipboardTool("linux", {})).toBeNull();
  });
});
