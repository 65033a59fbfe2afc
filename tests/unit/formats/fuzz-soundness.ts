/** What every outcome of a parser must be, whatever the bytes. */

import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import { guessTable } from "../../../shared/formats/guess-table.ts";
import { isComplete, parseFile } from "../../../shared/formats/registry.ts";
import type { ParseOutcome } from "../../../shared/formats/scan.ts";
import type { TableDescription } from "../../../shared/formats/table-description.ts";
import { tableProblems } from "../../../shared/protocol/table-description.ts";
import type { Random } from "./fuzz-random.ts";

/** Throws unless the outcome is a sound one: finite numbers, equal lengths, a reason for every refusal. */
export function expectSound(content: Uint8Array): void {
  if (typeof isComplete(content) !== "boolean") throw new Error("isComplete gave no answer");
  expectSoundOutcome(parseFile(content));
}

export function expectSoundOutcome(outcome: ParseOutcome): void {
  if (!outcome.ok) {
    if (outcome.message.length < 20 || outcome.message.length > 1500)
      throw new Error(`message: ${outcome.message}`);
    if (outcome.line !== undefined && !(outcome.line >= 1)) throw new Error(`line ${outcome.line}`);
    return;
  }
  if (outcome.scans.length === 0) throw new Error("neither a scan nor a failure");
  for (const { potentials_v, times_s, electrodes, ...scan } of outcome.scans) {
    const numbers = [scan.frequency_hz, scan.amplitude_v, scan.step_v, scan.scan_rate_v_s].map(
      (value) => value ?? 1,
    );
    if (!numbers.every((value) => Number.isFinite(value) && value > 0))
      throw new Error(`parameters: ${numbers}`);
    if (scan.cycle !== undefined && !Number.isFinite(scan.cycle)) throw new Error(`cycle ${scan.cycle}`);
    const x = times_s ?? potentials_v;
    const columns = electrodes.flatMap((one) => [
      one.currents_a,
      one.forward_a ?? one.currents_a,
      one.reverse_a ?? one.currents_a,
    ]);
    for (const values of [x, ...columns]) {
      if (values.length !== x.length) throw new Error("lengths differ");
      if (!values.every(Number.isFinite)) throw new Error("a number that is not finite");
    }
  }
}

/** The same file as a table: guessed, and described at random. @returns 1 when a description gave a scan */
export function expectSoundAsDescribed(content: Uint8Array, random: Random): number {
  const guess = guessTable(content);
  if (guess !== null && tableProblems(guess.table).length > 0)
    throw new Error(`guess: ${JSON.stringify(guess)}`);
  const description = someDescription(random);
  if (tableProblems(description).length > 0) return 0;
  const time = description.x.unit.endsWith("s") && random(10) > 0;
  const outcomes = [
    parseDescribedTable(content, description, time ? "ca" : "swv"),
    ...(guess === null ? [] : [parseDescribedTable(content, guess.table, guess.technique)]),
  ];
  for (const outcome of outcomes) expectSoundOutcome(outcome);
  return outcomes.some(({ ok }) => ok) ? 1 : 0;
}

/** As a person may describe it, rightly or not. */
function someDescription(random: Random): TableDescription {
  const any = <T>(...values: T[]): T => values[random(values.length)] as T; // an index below the length
  const pulses = random(3) === 0;
  const columns = (electrode: number) => ({
    electrode,
    current: 1 + random(4),
    forward: pulses ? 1 + random(5) : null,
    reverse: pulses ? 1 + random(6) : null,
  });
  return {
    skip_lines: random(2) === 0 ? 0 : random(40),
    delimiter: any(",", ";", "\t", " "),
    decimal_mark: any(".", ","),
    x: { column: 1 + random(3), unit: any("V", "mV", "s", "ms") },
    currents:
      random(4) === 0
        ? { electrodes: 1 + random(30), spacing: 1 + random(4), ...columns(1) }
        : [columns(1), columns(2)].slice(random(2)),
    current_unit: any("A", "mA", "µA", "nA", "pA"),
    scan_column: random(3) === 0 ? 1 + random(6) : null,
    missing: any([], ["OVL", "-9999"], ["NaN"], ["0"]),
  };
}
