import type { JsonObject } from '../../domain/call.ts';

/** The data of a `data:` line, null for any other line. */
export function dataOf(line: string): string | null {
  if (!line.startsWith('data:')) return null;
  return line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
}

/** One malformed event must not end the reading of a stream: it is passed over. */
export function parseEvent(data: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

const CHARS_PER_TOKEN = 4;

/**
 * About how many tokens a delta carries: the text behind one of the `keys`, at four characters each, at least one. It
 * looks for the text instead of parsing, since it runs for every delta of every stream and counts only if one breaks.
 */
export function estimateDelta(data: string, keys: readonly string[]): number {
  for (const key of keys) {
    const start = data.indexOf(key);
    if (start === -1) continue;
    const textStart = start + key.length;
    const end = endOfString(data, textStart);
    if (end > textStart) return Math.max(1, Math.ceil((end - textStart) / CHARS_PER_TOKEN));
  }
  return 0;
}

function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end > from && text[end - 1] === '\\') end = text.indexOf('"', end + 1);
  return end;
}
