const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Of what is longer the copy costs more than it spares. */
const MAX_TEXT = 16 << 10;

const encoder = new TextEncoder();

export function asBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? encoder.encode(body) : body;
}

/** The same as a text where it is a short one, and one that can be parsed: Node writes that and an answer's head in one piece. */
export function asText(bytes: Uint8Array): string | Uint8Array {
  if (bytes.length > MAX_TEXT) return bytes;
  try {
    const text = decoder.decode(bytes);
    return text.startsWith('\uFEFF') ? bytes : text;
  } catch {
    return bytes;
  }
}

/** The chunks in one piece. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
