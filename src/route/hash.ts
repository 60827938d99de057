/**
 * A number from 0 (excluded) to 1 (excluded) that a text always gives, spread evenly over all texts. Not for secrets: 53 bits of
 * two multiplicative hashes (cyrb53), since targets are chosen before anything can be awaited.
 */
export function unitHash(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (2 ** 32 * (low & 0x1fffff) + (high >>> 0) + 0.5) / 2 ** 53;
}
