/** What Redis answers when asked for bytes. A status such as OK comes as a Buffer too. */
export type RedisReply = Buffer | number | null | readonly RedisReply[];

export function toBytes(reply: RedisReply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw unexpected("bytes", reply);
}

export function toText(reply: RedisReply | undefined): string {
  return toBytes(reply).toString("utf8");
}

export function toInteger(reply: RedisReply | undefined): number {
  if (typeof reply === "number") return reply;
  throw unexpected("an integer", reply);
}

export function toList(reply: RedisReply | undefined): readonly RedisReply[] {
  // Array.isArray does not narrow readonly arrays out of a union.
  if (Array.isArray(reply)) return reply as readonly RedisReply[];
  throw unexpected("a list", reply);
}

function unexpected(wanted: string, reply: RedisReply | undefined): Error {
  return new Error(`Redis answered ${reply === null ? "nil" : typeof reply} where ${wanted} belongs`);
}
