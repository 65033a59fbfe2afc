/** The same bytes as a Buffer, without a copy: neither libsql nor ioredis takes another view. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same bytes without anything of Buffer, without a copy: where the memory is theirs alone. */
export function asArray(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Bytes with memory of their own and nothing of Buffer: replies of Redis are views of one large chunk, which must
 * neither live on nor be transferred, and a Buffer's `slice` shares memory where an array's copies.
 */
export function ownBytes(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes);
}
