import type { LivenessKind } from "./liveness.ts";

/** A state's own shape: it can be told without its colour. */
export function StateShape({ kind }: { readonly kind: LivenessKind }) {
  return (
    <svg class="state-shape" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <Shape kind={kind} />
    </svg>
  );
}

function Shape({ kind }: { readonly kind: LivenessKind }) {
  switch (kind) {
    case "live":
      return <circle cx="6" cy="6" r="5" fill="currentColor" />;
    case "ready":
    case "waiting":
      return <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="1.6" />;
    case "catching-up":
      return (
        <path
          d="M6 1a5 5 0 0 1 0 10z M6 1.8a4.2 4.2 0 0 0 0 8.4"
          fill="currentColor"
          stroke="currentColor"
          stroke-width="1.4"
          fill-opacity="1"
        />
      );
    case "quiet":
    case "held":
      return <path d="M6 1L11.5 11H.5z" fill="currentColor" />;
    case "stopped":
      return <rect x="1.5" y="1.5" width="9" height="9" fill="currentColor" />;
    case "offline":
    case "no-folder":
      return (
        <rect x="1.5" y="1.5" width="9" height="9" fill="none" stroke="currentColor" stroke-width="1.6" />
      );
    case "lost":
      return <path d="M2 2L10 10M10 2L2 10" stroke="currentColor" stroke-width="2" stroke-linecap="round" />;
  }
}
