import type { PlannedTarget } from './plan.ts';

/**
 * Why an attempt gave no answer; also a metric label. `key_dead`: the credential is refused or empty (401, 402, 403).
 * `rate_limited`: 429. `provider_error`: 5xx, or an error inside a 200. `network`: no connection, or it broke. `timeout`: too
 * long without a first or a further byte. `invalid`: nothing of the dialect. `context_too_long` and `content_filter`: the
 * call is at fault, but not for every target. `caller`: the call is at fault for all. `cancelled`: nobody wants it any more.
 */
export type FailureClass =
  | 'key_dead'
  | 'rate_limited'
  | 'provider_error'
  | 'network'
  | 'timeout'
  | 'invalid'
  | 'context_too_long'
  | 'content_filter'
  | 'caller'
  | 'cancelled';

/** An attempt that gave no answer. */
export interface Failure<T> {
  readonly class: FailureClass;
  /** How long the provider wants to be left alone; null: it did not say. */
  readonly retryAfterMs: number | null;
  /** What the client gets if no other attempt does better. @throws GatewayError */
  readonly give: () => T;
}

/** How a stream went on once its first content had come. */
export interface StreamEnding {
  /** Null: it came to its end. */
  readonly broke: FailureClass | null;
  /** Longest silence in it, in milliseconds; null: not measured. */
  readonly longestPauseMs: number | null;
}

/** How an attempt ended, or, for a stream, began: an answer counts once its first content has come. */
export type Outcome<T> =
  /** `ended` never rejects. Absent: the answer is whole already. Until then the attempt counts as under way. */
  | { readonly ok: true; readonly value: T; readonly ended?: Promise<StreamEnding> }
  | { readonly ok: false; readonly failure: Failure<T> };

/** What an attempt is given beside its target. */
export interface AttemptContext {
  /** Aborts this attempt alone, with the `GatewayError` that says why; also when the whole call is over. */
  readonly signal: AbortSignal;
  /** From 1, over all targets. */
  readonly number: number;
  /** The gateway's credential of the provider that is used; null: it has none, or the client brought its own. */
  readonly apiKey: string | null;
  /** Milliseconds. */
  readonly firstByteMs: number;
  readonly idleMs: number;
  /** It was started beside another one that was slow. */
  readonly isHedge: boolean;
}

/** Calls one target. Never rejects but for defects. */
export type TryTarget<T> = (target: PlannedTarget, context: AttemptContext) => Promise<Outcome<T>>;
