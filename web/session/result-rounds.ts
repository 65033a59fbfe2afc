import { withoutResultWords } from "../log/file-words.ts";
import { pairWords } from "../log/pair-words.ts";
import type { Trace, TraceRow } from "../log/trace.ts";
import type { Viewer } from "../stores/viewer.ts";

/** A result, a pair of peaks, or a file without a result: one line of a round. */
export type Line =
  | { readonly kind: "result"; readonly trace: Trace; readonly row: TraceRow; readonly offset: number }
  | { readonly kind: "words"; readonly name: string; readonly words: string; readonly offset: number };

/** What the table tells of scans that were measured together. */
export interface Round {
  readonly offset: number;
  readonly lines: readonly Line[];
}

/** What is known of the files of one round: results by trace, pairs of peaks, and why a file has none. */
export function roundOf({ view, sessions }: Viewer, offsets: readonly number[]): Round {
  const [offset = 0] = offsets;
  const log = sessions.followed.value?.log;
  const params = sessions.shown.value?.params;
  if (log === undefined || params === undefined) return { offset, lines: [] };
  const results = view.visible.value.flatMap((trace) =>
    offsets.flatMap((one): Line[] => {
      const row = trace.ofOffset(one);
      return row === null ? [] : [{ kind: "result", trace, row, offset: one }];
    }),
  );
  const electrodes = new Set(view.visible.value.map(({ id }) => id.electrode));
  const sweeps = [...log.traces.values()].filter(
    ({ id }) => id.sweep !== undefined && electrodes.has(id.electrode),
  );
  const pairs = [...new Set(sweeps.map(({ id }) => id.electrode))].flatMap((electrode) => {
    const rows = sweeps
      .filter(({ id }) => id.electrode === electrode)
      .flatMap((trace) => trace.ofOffset(offset) ?? []);
    return pairWords(rows, electrode, params).map(
      ({ segment, words }): Line => ({
        kind: "words",
        name: `E${electrode} seg. ${segment}/${segment + 1}`,
        words,
        offset,
      }),
    );
  });
  const failures = offsets.flatMap((one): Line[] => {
    const words = withoutResultWords(log, one);
    return words === null ? [] : [{ kind: "words", name: "–", words, offset: one }];
  });
  const lines = [...results, ...pairs, ...failures];
  const nothing: Line = { kind: "words", name: "–", words: "no result for the chosen traces", offset };
  return { offset, lines: lines.length > 0 ? lines : [nothing] };
}
