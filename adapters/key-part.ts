/**
 * A part of a key, escaped so that it holds neither the colon that separates nor the braces that tie keys to one slot of a
 * cluster. By UTF-16 code unit, since halves of surrogate pairs have no UTF-8 of their own.
 */
export function escapePart(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
