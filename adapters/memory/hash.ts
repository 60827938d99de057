import type { Sha256 } from '../../src/ports/hash.ts';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** WebCrypto, which every runtime has. */
export function createWebCryptoSha256(): Sha256 {
  const encoder = new TextEncoder();
  return async (text) => toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))));
}
