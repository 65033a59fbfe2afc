import type { AgentReport } from "./status.ts";

/** The one line that stays on the screen: what is true at this moment. Times are this computer's. */
export function statusLine(report: AgentReport, nowMs: number): string {
  return [connectionWords(report, nowMs), ...fileWords(report), lastWords(report, nowMs), viewerWords(report)]
    .filter((words) => words !== "")
    .join(" · ");
}

/** What changes only when something happens: the key by which a log decides whether to write a new line. */
export function stateKey({ connection, sessions, awaitsSessions }: AgentReport): string {
  return `${connection.is} ${sessions > 0} ${awaitsSessions}`;
}

function connectionWords({ connection, sessions, awaitsSessions }: AgentReport, nowMs: number): string {
  if (connection.is === "connecting") return "connecting";
  if (connection.is === "offline") return `offline since ${clockTime(connection.since_ms, nowMs)}`;
  return sessions === 0 && !awaitsSessions
    ? "connected, no analysis yet: open the link and press Start"
    : "connected";
}

function fileWords({ files, sessions }: AgentReport): string[] {
  const { seen, sent, owed, waiting, rejected } = files;
  const words = [`${seen} seen`];
  if (sessions > 0 || owed > 0) words.push(`${sent} sent`, `${owed} owed`);
  if (waiting > 0) words.push(`${waiting} being written`);
  if (rejected > 0) words.push(`${rejected} refused`);
  return words;
}

function lastWords({ last }: AgentReport, nowMs: number): string {
  return last === null ? "" : `last ${last.name} ${ago(nowMs - last.at_ms)}`;
}

function viewerWords({ viewers }: AgentReport): string {
  return viewers === 0 ? "" : `${viewers} ${viewers === 1 ? "viewer" : "viewers"}`;
}

/** `3 s ago`, `12 min ago`, `5 h ago`. A clock that was set back gives `0 s ago`. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 100) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

/** `14:02`, with the day in front when it is not today. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === new Date(nowMs).toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
