/** How a vector is written: a list of numbers, or base64 of its little-endian 32-bit floats. */
export type EmbeddingEncoding = 'float' | 'base64';

const FLOAT_BYTES = 4;
/** Arguments of one call of `String.fromCharCode`: far below what any engine's stack holds. */
const CHUNK = 8192;

/** https://platform.openai.com/docs/api-reference/embeddings/create#embeddings_create-encoding_format */
export function floatsToBase64(values: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(values.length * FLOAT_BYTES));
  for (let i = 0; i < values.length; i++) view.setFloat32(i * FLOAT_BYTES, values[i] ?? 0, true);
  const bytes = new Uint8Array(view.buffer);
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

/** null: no base64, or not of whole floats. */
export function base64ToFloats(text: string): number[] | null {
  const binary = decode(text);
  if (binary === null || binary.length % FLOAT_BYTES !== 0) return null;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: binary.length / FLOAT_BYTES }, (_, i) =>
    view.getFloat32(i * FLOAT_BYTES, true),
  );
}

function decode(text: string): string | null {
  try {
    return atob(text);
  } catch {
    return null;
  }
}
