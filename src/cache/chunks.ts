/** More than that would cost more to keep than it shows in a replay. */
const MAX_CHUNKS = 4096;

/** Lengths of the chunks for an entry, at most `max` (default 4096): neighbours count as one where there were more. */
export function chunkLengths(chunks: readonly Uint8Array[], max = MAX_CHUNKS): number[] {
  const perLength = Math.ceil(chunks.length / max);
  const lengths: number[] = [];
  for (let at = 0; at < chunks.length; at += perLength) {
    lengths.push(chunks.slice(at, at + perLength).reduce((sum, { length }) => sum + length, 0));
  }
  return lengths;
}
