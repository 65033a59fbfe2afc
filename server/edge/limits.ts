import { CREDIT } from "../../shared/protocol/limits.ts";
import type { Rate } from "./token-bucket.ts";

/** What one party may ask of a hub, with the arithmetic. What operators may change is in config.ts. */

/** Requests of one viewer: a held arrow key makes 33 a second; 10,000 entries are read in 10 pages. */
export const VIEWER_REQUESTS_RATE: Rate = { burst: 500, perSecond: 100 };
/** Requests of all viewers of one User ID: 2,000 of them read two pages in one moment, then one a second each. */
export const USER_REQUESTS_RATE: Rate = { burst: 4_000, perSecond: 2_000 };
/** Requests of an agent. A file takes the hub about 1 ms, so an agent that waits for its credit never comes near. */
export const AGENT_REQUESTS_RATE: Rate = { burst: 10_000, perSecond: 5_000 };
/** Whatever one connection sends, beats and noise included: a file is two packets. */
export const PACKETS_RATE: Rate = { burst: 20_000, perSecond: 10_000 };
/** HTTP requests and handshakes of one address: 500 who come back in one moment knock twice each (WebSocket, then polling). */
export const ADDRESS_RATE: Rate = { burst: 2_000, perSecond: 100 };
/** Refusals for asking too fast that a connection may collect before it is closed: one burst over, then one a second. */
export const REFUSALS_RATE: Rate = { burst: 1_000, perSecond: 1 };

/** Parties that are counted at once; 100,000 × ≈ 200 B = 20 MB. */
export const MAX_COUNTED_PARTIES = 100_000;

/** Requests of one viewer that may wait for their answer: 16 curves and the pages of a few sessions. */
export const VIEWER_IN_FLIGHT = 64;
/** Requests of one agent that may wait: its credit, two parts a file, an offer for each of 16 sessions, and some. */
export const AGENT_IN_FLIGHT = 8 * CREDIT.files;

/** A connection that has not said who it is, and a viewer that has joined nothing, may do nothing for this long. */
export const IDLE_MS = 30_000;
export const IDLE_LOOK_MS = 5_000;
/** What was said last has this long to arrive before the line is cut. */
export const LAST_WORD_MS = 2_000;
/** After the hub closed an idle or unruly connection, it may come back after this. */
export const IDLE_RETRY_MS = 0;
export const UNRULY_RETRY_MS = 10_000;

/**
 * Different wrong credentials from one address, and from all together, in one window. A User ID has 75 bits: 2,000
 * in 10 min are 10⁸ a year, which hit one of 10,000 IDs with a chance of 3 × 10⁻¹¹.
 */
export const WRONG_PER_ADDRESS = 20;
export const WRONG_EVERYWHERE = 2_000;
export const WRONG_WINDOW_S = 600;
/** A credential that was right at an address is not held up there for this long, whatever its neighbours try. */
export const WELCOME_S = 86_400;

/** User IDs that one address may bring to this hub for the first time in an hour: each is kept for good (≈ 300 B). */
export const NEW_AGENTS_PER_HOUR = 1_000;

/** Processes of one agent that were replaced are remembered: so many, for so long. */
export const MAX_REPLACED = 16;
export const REPLACED_KEPT_MS = 30 * 86_400_000;

/** A request must have arrived within this: its head, and all of it (a part at 64 kbit/s takes 33 s). */
export const HEADERS_WITHIN_MS = 10_000;
export const REQUEST_WITHIN_MS = 60_000;
/** Longer than the minute for which proxies keep a connection to use it again. */
export const KEEP_ALIVE_MS = 72_000;
/** How often Node looks for connections that are late. */
export const LATE_LOOK_MS = 5_000;
/** What a request without a reason to carry anything may carry. */
export const MAX_BODY_BYTES = 64 * 1024;
