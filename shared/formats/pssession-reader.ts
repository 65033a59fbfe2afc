/** A PalmSens session taken apart: its measurements, with the arrays behind their curves. */

import { MOST_SCANS } from "./cycles.ts";
import { JsonCursor } from "./json-cursor.ts";

/** Values of one quantity; NaN stands where the file has no number, so that arrays stay in step. */
export interface SessionArray {
  /** PalmSens' number for the kind: 1 potential, 2 current, 26 reverse, 29 forward current. */
  readonly kind: number;
  readonly description: string;
  /** The unit's type, which counts, not its symbol: `PalmSens.Units.MicroAmpere`. */
  readonly unit: string;
  readonly values: Float64Array;
}

export interface SessionCurve {
  readonly title: string;
  readonly x: SessionArray | null;
  readonly y: SessionArray | null;
}

export interface SessionMeasurement {
  readonly title: string;
  /** .NET ticks of local time; NaN where there are none. */
  readonly ticks: number;
  readonly device: string;
  /** INI-like text with the technique and its parameters. */
  readonly method: string;
  readonly curves: readonly SessionCurve[];
  /** The raw arrays of forward and reverse currents. */
  readonly halves: readonly SessionArray[];
}

/** `too-many`: more curves than any session holds. `broken`: no JSON from `position` on. */
export type SessionReading =
  | { readonly kind: "session"; readonly measurements: readonly SessionMeasurement[] }
  | { readonly kind: "too-many" }
  | { readonly kind: "broken"; readonly position: number };

/** Labels are shown to people; a longer one is something else. */
const LONGEST_LABEL = 500;
/** The longest method seen has 5 KB. */
const LONGEST_METHOD = 200_000;
const FORWARD_CURRENT = 29;
const REVERSE_CURRENT = 26;

/** Reads the parts that a voltammogram needs and passes over the rest. Key case differs by version. */
export function readSession(bytes: Uint8Array): SessionReading {
  return new SessionReader(bytes).read();
}

class SessionReader {
  readonly #json: JsonCursor;
  /** Measurements, curves and arrays so far. */
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#json = new JsonCursor(bytes);
  }

  read(): SessionReading {
    const json = this.#json;
    let measurements: SessionMeasurement[] = [];
    if (json.enterObject()) {
      for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
        if (key === "measurements") measurements = this.#list(() => this.#measurement());
        else json.skip();
      }
    }
    if (this.#parts > MOST_SCANS) return { kind: "too-many" };
    if (json.isBroken || !json.isAtEnd) return { kind: "broken", position: json.position };
    return { kind: "session", measurements };
  }

  /** Items past the limit are passed over. */
  #list<T>(readItem: () => T): T[] {
    const json = this.#json;
    const items: T[] = [];
    if (!json.enterArray()) return items;
    while (json.nextItem()) {
      if (++this.#parts > MOST_SCANS) json.skip();
      else items.push(readItem());
    }
    return items;
  }

  #measurement(): SessionMeasurement {
    const json = this.#json;
    const found = { title: "", ticks: Number.NaN, device: "", method: "" };
    let curves: SessionCurve[] = [];
    let halves: SessionArray[] = [];
    if (json.enterObject()) {
      for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
        if (key === "title") found.title = json.string(LONGEST_LABEL) ?? "";
        else if (key === "timestamp") found.ticks = json.number();
        else if (key === "deviceserial") found.device = json.string(LONGEST_LABEL) ?? "";
        else if (key === "method") found.method = json.string(LONGEST_METHOD) ?? "";
        else if (key === "curves") curves = this.#list(() => this.#curve());
        else if (key === "dataset") halves = this.#dataset();
        else json.skip();
      }
    }
    return { ...found, curves, halves };
  }

  #dataset(): SessionArray[] {
    const json = this.#json;
    let arrays: SessionArray[] = [];
    if (!json.enterObject()) return arrays;
    for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
      if (key === "values") arrays = this.#list(() => this.#array());
      else json.skip();
    }
    return arrays.filter(({ kind }) => kind === FORWARD_CURRENT || kind === REVERSE_CURRENT);
  }

  #curve(): SessionCurve {
    const json = this.#json;
    let title = "";
    let [x, y]: [SessionArray | null, SessionArray | null] = [null, null];
    if (json.enterObject()) {
      for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
        if (key === "title") title = json.string(LONGEST_LABEL) ?? "";
        else if (key === "xaxisdataarray") x = this.#array();
        else if (key === "yaxisdataarray") y = this.#array();
        else json.skip();
      }
    }
    return { title, x, y };
  }

  #array(): SessionArray {
    const json = this.#json;
    const found = { kind: -1, description: "", unit: "", values: new Float64Array(0) };
    if (json.enterObject()) {
      for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
        if (key === "arraytype") found.kind = json.number();
        else if (key === "description") found.description = json.string(LONGEST_LABEL) ?? "";
        else if (key === "unit") found.unit = this.#unit();
        else if (key === "datavalues") found.values = this.#values();
        else json.skip();
      }
    }
    return found;
  }

  #unit(): string {
    const json = this.#json;
    let unit = "";
    if (!json.enterObject()) return unit;
    for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
      if (key === "type") unit = json.string(LONGEST_LABEL) ?? "";
      else json.skip();
    }
    return unit;
  }

  /** `[{"v": 0.389962, "s": 0}, …]` */
  #values(): Float64Array<ArrayBuffer> {
    const json = this.#json;
    let room = new Float64Array(64);
    let length = 0;
    if (!json.enterArray()) return new Float64Array(0);
    while (json.nextItem()) {
      if (length === room.length) {
        const larger = new Float64Array(2 * length);
        larger.set(room);
        room = larger;
      }
      room[length++] = this.#value();
    }
    return room.slice(0, length);
  }

  #value(): number {
    const json = this.#json;
    let value = Number.NaN;
    if (!json.enterObject()) return value;
    for (let key = json.nextKey(); key !== null; key = json.nextKey()) {
      if (key === "v") value = json.number();
      else json.skip();
    }
    return value;
  }
}
