import { THEMES, theme } from "../stores/theme.ts";

/** System, light, dark, and round again. */
export function ThemeToggle() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  return (
    <button
      type="button"
      class="icon-button"
      title={`Theme: ${theme.value}. Click for ${next}.`}
      aria-label={`Theme: ${theme.value}. Change to ${next}`}
      onClick={() => {
        theme.value = next;
      }}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.4" />
        {theme.value === "system" && <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />}
        {theme.value === "dark" && <circle cx="8" cy="8" r="5.5" fill="currentColor" />}
      </svg>
    </button>
  );
}
