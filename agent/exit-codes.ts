/** Documented exit codes of the agent; a script on the instrument PC may rely on them. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  /** The path to watch is a file. A missing folder is waited for. */
  folder: 5,
  /** Another agent with the same key has taken over. */
  replaced: 6,
  interrupted: 130,
} as const;
