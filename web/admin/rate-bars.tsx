import { plural } from "../words/counts.ts";

const WIDTH = 5;
const HEIGHT = 48;

/** Files in each of the last 60 minutes, the latest on the right. */
export function RateBars({ perMinute }: { readonly perMinute: readonly number[] }) {
  const most = Math.max(1, ...perMinute);
  const sum = perMinute.reduce((total, count) => total + count, 0);
  return (
    <section>
      <h2>
        Files a minute <span class="quiet">{plural(sum, "file")} in the last hour</span>
      </h2>
      <svg
        class="rate-bars"
        viewBox={`0 0 ${perMinute.length * WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Files in each of the last 60 minutes, at most ${most}`}
      >
        {perMinute.map((count, index) => (
          <rect
            key={index}
            x={index * WIDTH}
            width={WIDTH - 1}
            y={HEIGHT - (count / most) * HEIGHT}
            height={(count / most) * HEIGHT}
          />
        ))}
      </svg>
    </section>
  );
}
