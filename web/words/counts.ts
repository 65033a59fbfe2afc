const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Whole numbers as people read them: `1,204`. */
export function countText(count: number): string {
  return COUNT.format(count);
}

/** `1 scan`, `1,204 scans`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function listText(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
