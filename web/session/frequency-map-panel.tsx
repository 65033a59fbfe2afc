import { computed, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { type FrequencyMap, frequencyMaps, type MapQuantity } from "../../shared/trends/frequency-map.ts";
import { CHARGE_FORMULA } from "../../shared/trends/trace-series.ts";
import { type DrawnMap, FrequencyMapPlan } from "../plots/frequency-map-plan.ts";
import { DASHES, MARKERS } from "../plots/trace-look.ts";
import { useFigure } from "../plots/use-figure.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { siNumber, siScale } from "../words/si.ts";
import { LowerChoice } from "./lower-choice.tsx";
import { ScanName } from "./scan-name.tsx";

interface HeldMap {
  readonly name: string;
  readonly quantity: MapQuantity;
  readonly maps: readonly FrequencyMap[];
}

/** More lie over each other without telling anything. */
const MOST_HELD = 6;

/** The map of the round in view against frequency, with maps that were held for comparison. */
export function FrequencyMapPanel() {
  const viewer = useViewer();
  const { quantity, held, current, drawn } = useMemo(() => mapView(viewer), []);
  const plan = useMemo(
    () =>
      new FrequencyMapPlan(
        () => drawn.value,
        () => quantity.value === "charge",
      ),
    [],
  );
  const host = useFigure(
    () => plan,
    () => {
      drawn.value;
    },
  );
  const hold = (): void => {
    const name = roundName(viewer);
    held.value = [...held.value, { name, quantity: quantity.value, maps: current.value }].slice(-MOST_HELD);
  };
  return (
    <section class="scan-panel" id="panel-scan" aria-label="Frequency map">
      <div class="scan-curves">
        <header class="panel-head">
          <LowerChoice />
          <ScanName />
          <button type="button" data-testid="map-hold" title="Keep this map for comparison" onClick={hold}>
            Hold
          </button>
        </header>
        <div class="plot-frame">
          <div
            ref={host}
            class="plot"
            role="img"
            aria-label="Frequency map"
            data-testid="frequency-map"
            data-maps={drawn.value.length}
          />
        </div>
      </div>
      <div class="scan-numbers">
        <header class="panel-head">
          <fieldset class="segments" aria-label="Quantity of the map">
            {(["height", "charge"] as const).map((one) => (
              <button
                type="button"
                key={one}
                data-testid={`map-${one}`}
                aria-pressed={quantity.value === one}
                title={one === "charge" ? CHARGE_FORMULA : undefined}
                onClick={() => {
                  quantity.value = one;
                }}
              >
                {one === "height" ? "Height" : "Charge"}
              </button>
            ))}
          </fieldset>
        </header>
        <HeldMaps
          held={held.value}
          remove={(at) => {
            held.value = held.value.filter((_, i) => i !== at);
          }}
        />
        <MapNumbers maps={current.value} unit={quantity.value === "charge" ? "C" : "A"} />
      </div>
    </section>
  );
}

/** What the panel shows, from signals alone. */
function mapView(viewer: Viewer) {
  const { trends, round, view } = viewer;
  const quantity = signal<MapQuantity>("charge");
  const held = signal<readonly HeldMap[]>([]);
  const current = computed<readonly FrequencyMap[]>(() => {
    const derived = trends.derived.value;
    const focus = round.focus.value;
    if (derived === null) return [];
    const key = focus === null ? null : (derived.placed.keys[focus] ?? null);
    const shown = new Set(view.visible.value.map(({ id }) => id.electrode));
    const at = round.latest.value ? null : key;
    return frequencyMaps(derived, quantity.value, at).filter(({ electrode }) => shown.has(electrode));
  });
  const drawn = computed<readonly DrawnMap[]>(() => {
    const electrodes = trends.derived.value?.electrodes ?? [];
    const draw = (map: FrequencyMap, isHeld: boolean): DrawnMap => {
      const place = Math.max(0, electrodes.indexOf(map.electrode));
      const marker = MARKERS[place % MARKERS.length] ?? "circle";
      return { map, look: { dash: DASHES[place % DASHES.length] ?? [], marker }, isHeld };
    };
    const comparable = held.value.filter((one) => one.quantity === quantity.value);
    return [
      ...current.value.map((map) => draw(map, false)),
      ...comparable.flatMap(({ maps }) => maps.map((map) => draw(map, true))),
    ];
  });
  return { quantity, held, current, drawn };
}

function roundName({ sessions, round }: Viewer): string {
  const number = sessions.followed.value?.log.entry(round.focus.value ?? -1, "file_number") ?? Number.NaN;
  return Number.isNaN(number) ? "held map" : `No. ${number}`;
}

interface HeldProps {
  readonly held: readonly HeldMap[];
  readonly remove: (at: number) => void;
}

function HeldMaps({ held, remove }: HeldProps) {
  return (
    <div class="row held-maps">
      {held.map(({ name, quantity }, at) => (
        <button type="button" key={`${at} ${name}`} title="Drop this map" onClick={() => remove(at)}>
          {name}, {quantity} ×
        </button>
      ))}
    </div>
  );
}

function MapNumbers({ maps, unit }: { readonly maps: readonly FrequencyMap[]; readonly unit: string }) {
  const largest = Math.max(0, ...maps.flatMap(({ values }) => [...values].map((one) => Math.abs(one || 0))));
  const scale = siScale(largest);
  const frequencies = [...(maps[0]?.frequenciesHz ?? [])];
  return (
    <div class="numbers-scroll">
      <table class="numbers" data-testid="map-numbers">
        <thead>
          <tr>
            <th scope="col">
              f<span class="numbers-unit">Hz</span>
            </th>
            {maps.map(({ electrode }) => (
              <th scope="col" key={electrode}>
                E{electrode}
                <span class="numbers-unit">
                  {scale.symbol}
                  {unit}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {frequencies.map((hz, row) => (
            <tr key={hz}>
              <th scope="row">{hz}</th>
              {maps.map(({ electrode, values }) => (
                <td key={electrode}>
                  {Number.isNaN(values[row] ?? Number.NaN) ? "–" : siNumber(values[row] ?? 0, scale)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
