import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nanoid } from "nanoid";
import type { Note, NoteChange } from "../../shared/protocol/note.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import { startTestAgent } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { type ReadLogResult, startRawViewer } from "../support/raw-viewer.ts";

/** A run as labs have it: two frequencies, four electrodes, a file measured again, one that is none, odd names. */
export interface SwvScene {
  readonly url: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly log: ReadLogResult;
  readonly notes: readonly Note[];
  /** What was written under each name, one after the other. */
  readonly contents: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** What the lab has set on the screen. */
export const TREND_PARAMS = TrendParams.parse({
  reference: { from: 1, to: 2 },
  low: { slope: 0.002, offset: -0.01 },
  axis: "file-number",
  seconds_per_file: 20,
});

export const FREQUENCIES_HZ = [15, 200];
export const ELECTRODES = 4;
export const FILES = 6;
/** Names that would do harm where they are not handled: a formula, a separator, a quote, a letter beyond ASCII. */
const ODD_NAMES = ["=1+1,µ_15Hz_7.txt", '-swv "x"_15Hz_8.txt', "con_15Hz_9.txt"];

export async function startSwvScene(): Promise<SwvScene> {
  const hub = await startHub();
  const { agent, folder } = await startTestAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const start = { user_id, filters: { pattern: "{*}_{f}Hz_{n}.txt" }, analysisParams: {}, label: "Drug A" };
  const { session_id } = (await viewer.ask("start_analysis_session", start)).session;
  const contents = new Map<string, Uint8Array[]>();
  let written = 0;
  const write = async (name: string, content: Uint8Array) => {
    contents.set(name, [...(contents.get(name) ?? []), content]);
    written += 1;
    await writeFile(join(folder, `${name}.part`), content);
    await rename(join(folder, `${name}.part`), join(folder, name));
  };
  const again = async (name: string, content: Uint8Array) => {
    await viewer.pushed(session_id, written);
    await write(name, content);
  };
  for (let number = 1; number <= FILES; number++)
    for (const frequencyHz of FREQUENCIES_HZ)
      await write(`swv_${frequencyHz}Hz_${number}.txt`, simulatedFile(number, scan(frequencyHz)));
  for (const [index, name] of ODD_NAMES.entries()) await write(name, simulatedFile(7 + index, scan(15)));
  await again("swv_15Hz_2.txt", simulatedFile(22, scan(15)));
  await again("swv_15Hz_10.txt", new TextEncoder().encode("Nothing that an instrument wrote.\r\n1, 2\r\n"));
  await again("swv_15Hz_2.txt", simulatedFile(23, scan(15)));
  await viewer.pushed(session_id, written);
  const log = await viewer.log(user_id, session_id);
  const offsetOf = (name: string) => log.names.lastIndexOf(name);
  const add = (change: object) =>
    viewer.ask("annotate", {
      user_id,
      session_id,
      change: { do: "add", note_id: nanoid(), ...change } as NoteChange,
    });
  await add({ kind: "exclude", at: { offset: offsetOf("swv_15Hz_3.txt") }, text: "bubble, =SUM(A1)" });
  await add({ kind: "exclude", at: { offset: offsetOf("swv_200Hz_4.txt") }, electrode: 2, text: "drift" });
  await add({
    kind: "injection",
    at: { offset: offsetOf("swv_15Hz_5.txt") },
    text: "drug",
    concentration: 25,
    unit: "µM",
  });
  await viewer.ask("set_trend_params", { user_id, session_id, trend_params: TREND_PARAMS });
  const { notes } = await viewer.ask("read_notes", { user_id, session_id });
  return { url: hub.url, user_id, session_id, log, notes, contents };
}

function scan(frequencyHz: number) {
  return { frequencyHz, electrodes: ELECTRODES, step_v: 0.004 };
}
