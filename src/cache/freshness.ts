import type { Entry } from '../domain/cache-entry.ts';
import type { CachePolicy } from '../domain/cache-policy.ts';
import type { Directives } from './directives.ts';

export type StaleSettings = Pick<CachePolicy, 'staleWhileRevalidateMs' | 'staleIfErrorMs'>;

export type Freshness =
  | 'fresh'
  /** Good, and about to end: whoever is told so fetches a new one behind it. */
  | 'refresh-early'
  /** Good for this call while a new one is fetched behind it. */
  | 'stale-revalidate'
  /** Good only if nobody can give a new one. */
  | 'stale-on-error'
  | 'dead';

export interface FreshnessInput {
  readonly entry: Entry;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly directives: Pick<Directives, 'maxAgeMs'>;
  readonly settings: StaleSettings;
  /** A number from 0 to 1, without 1. */
  readonly random: () => number;
}

/** What an entry is good for now. */
export function freshness({ entry, now, directives, settings, random }: FreshnessInput): Freshness {
  const age = ageMs(entry, now);
  const { ttlMs } = entry;
  const isWanted = directives.maxAgeMs === null || age <= directives.maxAgeMs;
  if (isWanted && age < ttlMs) return isRefreshedEarly(entry, age, random) ? 'refresh-early' : 'fresh';
  // `max-age` says how old, not that stale is welcome (RFC 9111, section 5.2.1.1); an error is another matter.
  if (directives.maxAgeMs === null && age < ttlMs + settings.staleWhileRevalidateMs)
    return 'stale-revalidate';
  return age < ttlMs + settings.staleIfErrorMs ? 'stale-on-error' : 'dead';
}

/** Whole seconds, as the `age` header has them (RFC 9111, section 5.1). */
export function ageSeconds(entry: Entry, now: number): number {
  return Math.floor(ageMs(entry, now) / 1000);
}

/** Two machines' clocks may differ: nothing is younger than new. */
function ageMs({ storedAt }: Entry, now: number): number {
  return Math.max(0, now - storedAt);
}

/**
 * Probabilistic early expiration: "Optimal Probabilistic Cache Stampede Prevention" (Vattani, Chierichetti, Lowenstein,
 * VLDB 2015), with beta 1. The more often an entry is read and the longer it takes to make, the surer somebody renews
 * it before it ends; one that is hardly read is left to end.
 */
function isRefreshedEarly({ ttlMs, tookMs }: Entry, age: number, random: () => number): boolean {
  return age - tookMs * Math.log(1 - random()) >= ttlMs;
}

/**
 * A time to live that differs from key to key, and not from process to process, so that what was stored together does not
 * end together.
 * @param key lower-case hex
 * @param jitter the largest part that is taken off, from 0 to 1
 */
export function jitteredTtlMs(ttlMs: number, key: string, jitter: number): number {
  const part = Number.parseInt(key.slice(0, 8), 16) / 2 ** 32;
  return Math.round(ttlMs * (1 - jitter * part));
}

/** How long a store has to keep what is fresh for `ttlMs`. */
export function storeTtlMs(ttlMs: number, settings: StaleSettings): number {
  return ttlMs + Math.max(settings.staleWhileRevalidateMs, settings.staleIfErrorMs);
}
