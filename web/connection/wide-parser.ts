import { Decoder, Encoder } from "socket.io-parser";

/**
 * The library refuses messages with more than 10 binary parts and closes the connection. A voltammogram has five
 * columns: a file of 100 electrodes comes to 500, and a push adds the two tables of its log part.
 */
const MOST_PARTS = 512;

class WideDecoder extends Decoder {
  constructor() {
    super({ maxAttachments: MOST_PARTS });
  }
}

/** The library's own parser with room for curves. */
export const wideParser = { Encoder, Decoder: WideDecoder };
