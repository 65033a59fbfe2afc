const TEXT = 1;
const HEADER_END = Buffer.from("\r\n\r\n");

/**
 * Reads one direction of a WebSocket connection from its bytes: the text messages, in order. Messages in several
 * frames are not put together (the libraries used here send none). A connection that stays HTTP has none.
 */
export class WebSocketFrames {
  readonly #onText: (text: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  #phase: "http" | "frames" | "other" = "http";

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  push(chunk: Buffer): void {
    if (this.#phase === "other") return;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#phase === "http") this.#readHeader();
    while (this.#phase === "frames" && this.#readFrame());
  }

  #readHeader(): void {
    const end = this.#rest.indexOf(HEADER_END);
    if (end < 0) return;
    const upgraded = /^upgrade: websocket\r?$/im.test(this.#rest.toString("latin1", 0, end));
    this.#phase = upgraded ? "frames" : "other";
    this.#rest = this.#rest.subarray(end + HEADER_END.length);
  }

  /** RFC 6455, section 5.2. @returns whether there was a whole frame */
  #readFrame(): boolean {
    const bytes = this.#rest;
    if (bytes.length < 2) return false;
    const opcode = bytes.readUInt8(0) & 0x0f;
    const masked = (bytes.readUInt8(1) & 0x80) !== 0;
    const short = bytes.readUInt8(1) & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = 2 + lengthBytes + (masked ? 4 : 0);
    if (bytes.length < start) return false;
    const length =
      lengthBytes === 0
        ? short
        : lengthBytes === 2
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return false;
    if (opcode === TEXT)
      this.#onText(unmask(bytes.subarray(start - (masked ? 4 : 0), start + length), masked));
    this.#rest = bytes.subarray(start + length);
    return true;
  }
}

/** @param bytes the mask of four bytes where there is one, then the payload */
function unmask(bytes: Buffer, masked: boolean): string {
  if (!masked) return bytes.toString("utf8");
  const payload = Buffer.from(bytes.subarray(4));
  for (let at = 0; at < payload.length; at++)
    payload.writeUInt8(payload.readUInt8(at) ^ bytes.readUInt8(at % 4), at);
  return payload.toString("utf8");
}
