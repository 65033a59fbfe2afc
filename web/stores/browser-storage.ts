import type { TextStore } from "./remembered.ts";

/** The browser's storage; where it is forbidden (private windows, policies), one that lasts as long as the page. */
export function browserStorage(): TextStore {
  try {
    localStorage.setItem("benchcast.probe", "1");
    localStorage.removeItem("benchcast.probe");
    return localStorage;
  } catch {
    const kept = new Map<string, string>();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  }
}

export const storage = browserStorage();
