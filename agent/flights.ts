import type { Credit } from "../shared/protocol/agent-events.ts";
import { CREDIT } from "../shared/protocol/limits.ts";
import type { Debt, SessionDebt } from "./session-debt.ts";
import type { FinishedFile } from "./tracked-file.ts";

/** One part on its way to the hub, until its answer. */
export interface Flight {
  readonly session: SessionDebt;
  readonly debt: Debt;
  readonly file: FinishedFile;
  readonly from: number;
  readonly length: number;
}

/** The parts under way, and the window that they must fit into. */
export class Flights {
  readonly #flights = new Map<number, Flight>();
  credit: Credit = CREDIT;

  start(token: number, flight: Flight): void {
    this.#flights.set(token, flight);
    flight.debt.inFlight += 1;
  }

  has(token: number): boolean {
    return this.#flights.has(token);
  }

  /** Takes a part out: it was answered. Null when it belonged to an earlier connection. */
  land(token: number): Flight | null {
    const flight = this.#flights.get(token);
    if (flight === undefined) return null;
    this.#flights.delete(token);
    flight.debt.inFlight -= 1;
    return flight;
  }

  /** The connection is gone, and with it every answer. */
  lose(): void {
    for (const { debt } of this.#flights.values()) debt.inFlight = 0;
    this.#flights.clear();
    this.credit = CREDIT;
  }

  /**
   * [D7] The backlog has no more than two parts that the link takes a second each: they keep it busy, and more
   * would only delay a live file behind them.
   */
  hasRoom(debt: Debt, length: number, live: boolean, partBytes: number): boolean {
    if (this.#flights.size === 0) return true;
    const flights = [...this.#flights.values()];
    const files = new Set(flights.map((flight) => flight.debt).concat(debt)).size;
    const bytes = flights.reduce((sum, flight) => sum + flight.length, length);
    const maxFiles = live ? this.credit.files : Math.max(1, this.credit.files - 1);
    const maxBytes = live ? this.credit.bytes : Math.min(this.credit.bytes, 2 * partBytes);
    return files <= maxFiles && bytes <= maxBytes;
  }

  /** [D9] Another content of that name is under way, perhaps for an earlier life of the session. */
  olderUnderWay({ session_id }: SessionDebt, file: FinishedFile): boolean {
    for (const flight of this.#flights.values()) {
      if (flight.session.session_id === session_id && flight.file.name === file.name && flight.file !== file)
        return true;
    }
    return false;
  }
}
