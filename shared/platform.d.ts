/**
 * The few names that Node and every browser share and that the language library does not declare.
 * Only what this folder needs: anything else would let Node or the DOM leak in.
 */

interface TextDecoder {
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}

interface TextEncoder {
  encode(input?: string): Uint8Array;
}

declare var TextDecoder: {
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

declare var TextEncoder: {
  new (): TextEncoder;
};
