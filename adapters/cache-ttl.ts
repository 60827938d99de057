/** Redis counts in whole milliseconds from 1, and refuses what overflows 64 bits. */
const MAX_TTL_MS = 1e15;

/** The PX of a time to live. Not a number counts as 1. */
export function toPx(ttlMs: number): number {
  return ttlMs >= 1 ? Math.min(Math.ceil(ttlMs), MAX_TTL_MS) : 1;
}
