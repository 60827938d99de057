/** No embedding model has more dimensions. */
const MAX_DIMENSIONS = 8_192;

/** A vector of length 1 in the direction of these numbers; null: they are no direction. */
export function unitVector(values: readonly unknown[]): Float32Array | null {
  if (values.length === 0 || values.length > MAX_DIMENSIONS) return null;
  let squares = 0;
  for (const value of values) {
    if (typeof value !== 'number') return null;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0) return null;
  return Float32Array.from(values, (value) => Number(value) / length);
}

/** Cosine similarity of two vectors of length 1; -1 where they do not compare. */
export function similarity(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return -1;
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
