/** The known word that a mistyped one most likely meant; null when none is near. */
export function closestWord(typed: string, known: readonly string[]): string | null {
  const ranked = known
    .map((word) => ({
      word,
      distance: word.startsWith(typed) || typed.startsWith(word) ? 1 : editDistance(typed, word),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.word.length / 3))
    ? best.word
    : null;
}

/** Insertions, deletions and replacements between two words (Wagner–Fischer). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
