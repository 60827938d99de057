/** Which calls come one after the other: some often, most seldom, and now and then many that come only once. */
export interface TraceSpec {
  /** The call of rank r comes in proportion to 1 / r^alpha. */
  readonly alpha: number;
  /** Calls with a rank. */
  readonly ranked: number;
  /** How many different ones there are among them. */
  readonly universe: number;
  /** After so many ranked calls, `length` others come once each; null: none ever do. */
  readonly scan: { readonly every: number; readonly length: number } | null;
}

/** Numbers of the calls in their order: below `universe` the ranked ones, from there on those that come once. */
export function makeTrace({ alpha, ranked, universe, scan }: TraceSpec): Uint32Array {
  const random = mulberry32(1);
  const cumulative = cumulativeZipf(universe, alpha);
  const scans = scan === null ? 0 : Math.floor(ranked / scan.every);
  const trace = new Uint32Array(ranked + scans * (scan?.length ?? 0));
  let at = 0;
  let once = universe;
  for (let count = 1; count <= ranked; count++) {
    trace[at++] = rankOf(cumulative, random());
    if (scan === null || count % scan.every !== 0) continue;
    for (let left = scan.length; left > 0; left--) trace[at++] = once++;
  }
  return trace;
}

function cumulativeZipf(universe: number, alpha: number): Float64Array {
  const cumulative = new Float64Array(universe);
  let sum = 0;
  for (let index = 0; index < universe; index++) {
    sum += 1 / (index + 1) ** alpha;
    cumulative[index] = sum;
  }
  return cumulative.map((part) => part / sum);
}

/** The first index whose cumulative part is above `part`. */
function rankOf(cumulative: Float64Array, part: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) > part) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The same numbers in every run (Tommy Ettinger's mulberry32): a hit rate is then the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
