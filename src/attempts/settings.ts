import type { BackoffOptions } from '../resilience/backoff.ts';

/** What an operator may set. Milliseconds. */
export interface AttemptSettings {
  /** Upper bounds; what a target usually needs may make them shorter. */
  readonly firstByteMs: number;
  readonly idleMs: number;
}

/**
 * A breaker opens when half of at least 8 calls in 10 seconds failed: fewer say nothing, and a target that fails a third of
 * its calls is still worth them, since each goes on to another one. Where calls are many, what went well before keeps the
 * rate down for too long, so 8 failures in a row will do as well: of a target that fails a third, one call in 7,000 ends such.
 */
export const BREAKER = {
  windowMs: 10_000,
  minCalls: 8,
  rate: 0.5,
  inRow: 8,
  openMs: 2_000,
  maxOpenMs: 60_000,
  /** Calls come back over so long, from a tenth of them. */
  returnMs: 10_000,
} as const;

/** With all breakers open: two calls for each that a target answers, or two a second. */
export const THROTTLE = { windowMs: 2_000, factor: 2, floor: 4 } as const;

/** The first retry comes back soon, since a connection that broke is the most frequent reason. */
export const BACKOFF: BackoffOptions = { baseMs: 200, maxMs: 1_000 };

/** Extra load on a provider: a fifth of its calls, or three in ten seconds where there are hardly any. */
export const RETRIES = { windowMs: 10_000, ratio: 0.2, floor: 3 } as const;

/** Extra calls of a route: a twentieth of its calls, or one in half a minute. */
export const HEDGES = { windowMs: 30_000, ratio: 0.05, floor: 1 } as const;
/** A second call is not started earlier, and not before there were so many to tell the usual time from. */
export const HEDGE_FLOOR_MS = 50;
export const HEDGE_QUANTILE = 0.95;

/** Times of the last so many milliseconds tell what a target usually needs, if there are enough. */
export const TIMES_WINDOW_MS = 300_000;
export const LEAST_TIMES = 20;
/** A peak of latency counts for a third after so long. */
export const LATENCY_TAU_MS = 10_000;

/** Three times what 99 of 100 calls need is trouble, but nothing below these is. */
export const DEADLINE_QUANTILE = 0.99;
export const DEADLINE_FACTOR = 3;
export const FIRST_BYTE_FLOOR_MS = 2_000;
export const IDLE_FLOOR_MS = 5_000;
/** Reading so many tokens of a prompt takes about as long as all else before the first token. */
export const PROMPT_TOKENS_UNIT = 20_000;

/** A refused key, and a target that limits without saying for how long, are left alone for so long; doubling. */
export const KEY_DEAD = { firstMs: 30_000, maxMs: 1_800_000 } as const;
export const LIMITED = { firstMs: 1_000, maxMs: 60_000 } as const;
/** Longest `Retry-After` that is believed. */
export const MAX_RETRY_AFTER_MS = 60_000;
/** "At once" is not meant: other targets come first. */
export const MIN_LIMIT_MS = 100;
/** With nothing else left, a key that was refused is tried again so often: it may have been paid for. */
export const DEAD_KEY_EVERY_MS = 1_000;

/** Longest waits of a call that has nothing else left: for the end of a limit, and for a place. */
export const LIMIT_WAIT_MS = 5_000;
export const PLACE_WAIT_MS = 1_000;
/** Calls that wait for the end of one target's limit. */
export const MAX_LIMIT_WAITERS = 64;
/** With less time left no attempt is begun. */
export const LEAST_LEFT_MS = 20;

/** Targets that are remembered: clients may name models that nobody configured. */
export const MAX_TARGETS = 1_000;

/** Shared health is asked for so often: by itself, or by the calls. */
export const WATCH_MS = 500;
export const REFRESH_MS = 1_000;
/** Nobody watches when the last call is so long ago. */
export const WATCH_AFTER_MS = 60_000;
/** Until the operator restores it. */
export const DRAIN_MS = 10 * 365 * 86_400_000;
