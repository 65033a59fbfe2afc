import { LowerChoice } from "./lower-choice.tsx";

export function FrequencyMapPanel() {
  return (
    <section class="scan-panel" id="panel-scan" aria-label="Frequency map">
      <div class="scan-curves">
        <header class="panel-head">
          <LowerChoice />
        </header>
      </div>
    </section>
  );
}
