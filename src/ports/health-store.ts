/**
 * What a process tells the others. `open`: the breaker of a target has opened. `limited`: a provider wants no call with one
 * key on one target. `key_dead`: a provider refuses a key. `drained`: the operator wants no call of a target or a provider.
 */
export type HealthState = 'open' | 'limited' | 'key_dead' | 'drained';

/** What a mark stands on. There is one mark for each. */
export interface HealthSpot {
  readonly state: HealthState;
  /** A target (`provider/model`), a provider, or either with a `#` and the fingerprint of a key; never a key. */
  readonly subject: string;
}

export interface HealthMark extends HealthSpot {
  /** Milliseconds since the epoch at which the mark lapses. */
  readonly until: number;
}

/**
 * Health of providers, shared between processes. The last mark of a spot stands until it lapses or is cleared; all may be
 * lost at any time. Drivers of remote stores have a deadline, and reject with a `StoreFault`.
 */
export interface HealthStore {
  mark(mark: HealthMark): Promise<void>;
  clear(spot: HealthSpot): Promise<void>;
  /** Those that have not lapsed. Cheap: it is asked twice a second. */
  marks(): Promise<readonly HealthMark[]>;
}

export interface HealthSharing {
  readonly store: HealthStore;
  /** It is asked again by itself while there are calls. False where nothing may run between requests: then calls see to it. */
  readonly watches: boolean;
}
