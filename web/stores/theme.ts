import { computed, effect, signal } from "@preact/signals";
import { storage } from "./browser-storage.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "benchcast.theme";

const darkQuery = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(darkQuery.matches);
darkQuery.addEventListener("change", () => {
  systemIsDark.value = darkQuery.matches;
});

/** What the reader chose. */
export const theme = signal<Theme>(THEMES.find((known) => known === storage.getItem(KEY)) ?? "system");

const system = computed(() => (systemIsDark.value ? "dark" : "light"));

/** What is shown. */
export const shownTheme = computed(() => (theme.value === "system" ? system.value : theme.value));

effect(() => {
  storage.setItem(KEY, theme.value);
  document.documentElement.dataset.theme = shownTheme.value;
});
