/** Part of ES2026; workerd has both, and Node, where tests run this file, does not yet. */
interface Native {
  fromBase64?(text: string): Uint8Array;
}
interface NativeBytes {
  toBase64?(): string;
}

/** `String.fromCharCode` takes its characters as arguments, and their number is limited. */
const CHUNK_BYTES = 0x8000;

export function toBase64(bytes: Uint8Array & NativeBytes): string {
  if (bytes.toBase64 !== undefined) return bytes.toBase64();
  let binary = '';
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** Null for what is no base64. */
export function fromBase64(text: string): Uint8Array | null {
  const native = Uint8Array as Uint8ArrayConstructor & Native;
  try {
    return native.fromBase64?.(text) ?? Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  } catch {
    return null;
  }
}
