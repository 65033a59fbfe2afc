/**
 * Every error that can cross the wire, in one table. `retryable` is the retry rule: a client asks the table,
 * never the message. `http` is the status of the same error over HTTP.
 */
export const ERRORS = {
  // The request itself
  invalid_message: { retryable: false, http: 400, message: "The message does not have the agreed form." },
  unknown_event: {
    retryable: false,
    http: 404,
    message: "This hub does not know that request. Update the hub or this program.",
  },
  unsupported_protocol: {
    retryable: false,
    http: 400,
    message: "This program and the hub speak different versions. Update the older one.",
  },
  too_large: { retryable: false, http: 413, message: "The message is larger than the hub accepts." },

  // Who is asking
  not_joined: { retryable: false, http: 403, message: "Join with a User ID or a share link first." },
  user_id_required: {
    retryable: false,
    http: 400,
    message: "User ID is required to start analysis. Enter the one that the agent shows on its screen.",
  },
  invalid_user_id: {
    retryable: false,
    http: 400,
    message: "That is not a User ID. Compare it with the agent's screen.",
  },
  unknown_user_id: {
    retryable: false,
    http: 404,
    message:
      "No active agent session found for this User ID. Check the ID on the agent's screen, and that the agent uses this hub.",
  },
  forbidden: {
    retryable: false,
    http: 403,
    message:
      "This link lets you watch and export. Whoever sent it can do more, or can send you a link with control.",
  },
  unknown_share_link: {
    retryable: false,
    http: 404,
    message:
      "This link does not work: it was revoked, has expired, or was not copied whole. Ask whoever sent it for a new one.",
  },
  revoked: {
    retryable: false,
    http: 410,
    message: "This link was revoked. Ask whoever sent it for a new one.",
  },
  expired: {
    retryable: false,
    http: 410,
    message: "This link has expired. Ask whoever sent it for a new one.",
  },
  too_many_share_links: {
    retryable: false,
    http: 409,
    message: "This agent has as many share links as it may have. Revoke one first.",
  },
  agent_key_required: {
    retryable: false,
    http: 401,
    message: "This agent has no key. Start it with the Benchcast agent, which makes one by itself.",
  },
  invalid_agent_key: {
    retryable: false,
    http: 401,
    message: "That is not an agent key. Make a new one with: benchcast-agent id --new",
  },
  forbidden_origin: {
    retryable: false,
    http: 403,
    message: "This page's address is not allowed here. Add it to ALLOWED_ORIGINS on the hub.",
  },
  unknown_host: {
    retryable: false,
    http: 421,
    message: "This hub does not know that name. Set PUBLIC_URL on the hub, or add the name to ALLOWED_HOSTS.",
  },
  enrolment_required: {
    retryable: false,
    http: 401,
    message:
      "This hub takes only agents that show an enrolment token. Ask its operator for one, then start the agent with --token.",
  },
  invalid_enrolment: {
    retryable: false,
    http: 401,
    message: "This hub does not know that enrolment token. Compare it with the one from the hub's operator.",
  },

  // How much is asked
  too_many_requests: {
    retryable: true,
    http: 429,
    message: "Too much was asked in too short a time. Try again a little later.",
  },
  too_many_connections: {
    retryable: true,
    http: 429,
    message: "There are as many connections from this network as there may be. Close some.",
  },
  too_many_viewers: {
    retryable: true,
    http: 429,
    message: "As many people watch this agent as can. Try again when somebody has left.",
  },
  not_sticky: {
    retryable: true,
    http: 409,
    message:
      "This connection was opened on another hub. Where WebSockets do not get through, several hubs need a sticky load balancer (one that keeps a cookie). Tell the hub's operator.",
  },
  idle: {
    retryable: true,
    http: 408,
    message: "Nothing was asked on this connection, so the hub closed it.",
  },

  // The agent
  agent_offline: {
    retryable: true,
    http: 409,
    message: "The agent is offline. Start it on the instrument PC, then try again.",
  },
  agent_timeout: {
    retryable: true,
    http: 504,
    message: "The agent did not answer in time. It may be busy or its network slow; try again.",
  },
  agent_busy: {
    retryable: false,
    http: 409,
    message: "A running session already analyses these files. Watch it, or stop it first.",
  },
  folder_empty: {
    retryable: true,
    http: 409,
    message:
      "The agent's folder has no measurement files yet. They appear here as the instrument writes them; if it writes elsewhere, start the agent on that folder.",
  },

  folder_unreadable: {
    retryable: true,
    http: 409,
    message:
      "The agent cannot read its folder. Check it on the instrument PC; the agent's screen has the details. It goes on by itself.",
  },

  // Sessions and their logs
  session_not_found: {
    retryable: false,
    http: 404,
    message: "There is no such session for this User ID. It may have been deleted.",
  },
  session_not_running: {
    retryable: false,
    http: 409,
    message: "The session is stopped and takes no more files.",
  },
  too_many_sessions: {
    retryable: false,
    http: 409,
    message: "This agent has too many running sessions. Stop one first.",
  },
  too_many_notes: {
    retryable: false,
    http: 409,
    message: "This session has as many notes as it may have. Edit one of them instead.",
  },
  invalid_pattern: { retryable: false, http: 400, message: "That is not a file name pattern." },
  epoch_changed: {
    retryable: true,
    http: 409,
    message: "The hub lost data and started the log anew. Read it from the beginning.",
  },
  version_gone: {
    retryable: true,
    http: 410,
    message: "Those results were replaced. Read the current version.",
  },
  not_found: { retryable: false, http: 404, message: "There is nothing at that place." },
  method_not_allowed: { retryable: false, http: 405, message: "Addresses of this hub are only read (GET)." },
  raw_gone: { retryable: false, http: 410, message: "The file itself is no longer kept; its results are." },
  unknown_trace: { retryable: false, http: 404, message: "That file has no such electrode." },

  // Files
  invalid_filename: {
    retryable: false,
    http: 400,
    message: "Invalid filename. Names must be relative to the watched folder and stay inside it.",
  },
  file_too_large: { retryable: false, http: 413, message: "The file is larger than the hub accepts." },
  hash_mismatch: {
    retryable: true,
    http: 409,
    message: "The bytes that arrived are not the file that was announced. Send it again.",
  },
  file_not_listed: { retryable: false, http: 404, message: "The agent does not list that file." },
  file_unreadable: {
    retryable: true,
    http: 409,
    message: "The agent cannot read that file now. Another program may hold it.",
  },
  not_a_measurement: {
    retryable: false,
    http: 422,
    message:
      "No instrument format that Benchcast knows fits this file. Export the measurement as text from the instrument's software.",
  },

  // Tasks
  too_many_tasks: {
    retryable: true,
    http: 429,
    message: "As many tasks wait as can. Cancel one, or try again when one is done.",
  },
  cancelled: { retryable: false, http: 409, message: "The task was cancelled before it was done." },
  task_not_found: {
    retryable: false,
    http: 404,
    message: "There is no such task for this User ID. It may have ended long ago.",
  },
  task_not_cancellable: {
    retryable: false,
    http: 409,
    message: "A running session takes all its files. Stop the session to end that.",
  },
  task_failed: {
    retryable: false,
    http: 500,
    message:
      "The hub failed at this task. Ask for it again; if it fails again, the hub's log has the reason.",
  },

  // Exports
  unknown_export_format: { retryable: false, http: 400, message: "This hub cannot export that format." },
  link_expired: {
    retryable: false,
    http: 410,
    message: "This download link has expired. Ask for the export again.",
  },

  // The operator
  admin_off: {
    retryable: false,
    http: 403,
    message:
      "The admin page of this hub is off. Set ADMIN_TOKEN (16 characters or more) and restart the hub.",
  },
  invalid_admin_token: {
    retryable: false,
    http: 401,
    message: "That is not this hub's admin token (ADMIN_TOKEN). Send it as “Authorization: Bearer <token>”.",
  },
  ended_by_operator: {
    retryable: true,
    http: 503,
    message: "The hub's operator ended this connection.",
  },

  // The hub
  store_full: {
    retryable: true,
    http: 507,
    message:
      "The hub has no room for more data. Nothing is lost: the agent sends it again once its operator has made some.",
  },
  store_unavailable: {
    retryable: true,
    http: 503,
    message: "The hub cannot store data at the moment. Nothing is lost: the agent sends it again.",
  },
  replaced: {
    retryable: false,
    http: 409,
    message:
      "Another agent with the same key has taken over. Only one may run; this one stops. To watch two folders from one computer, give each agent its own --config folder.",
  },
  shutdown: { retryable: true, http: 503, message: "The hub is restarting." },
  internal: {
    retryable: true,
    http: 500,
    message: "The hub failed at this request. Try again; if it stays, the hub's log has the reason.",
  },
} as const satisfies Record<string, ErrorRule>;

interface ErrorRule {
  /** The same request may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  readonly http: number;
  /** What is true, then what to do. Used where the place of failure has nothing better to say. */
  readonly message: string;
}

export type ErrorCode = keyof typeof ERRORS;

/** An error as it travels. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: unknown;
}

/** Thrown where a request cannot be served; the one wrapper around all handlers turns it into a reply. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: ErrorCode;
  readonly details?: unknown;

  constructor(code: ErrorCode, message: string = ERRORS[code].message, details?: unknown) {
    super(message);
    this.code = code;
    if (details !== undefined) this.details = details;
  }

  toWire(): WireError {
    const { code, message, details } = this;
    const wire = { code, message, retryable: ERRORS[code].retryable };
    return details === undefined ? wire : { ...wire, details };
  }
}

/** The answer to every request. */
export type Ack<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };
