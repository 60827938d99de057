/** One rate to hold: at most `limit` per `periodMs`, spread evenly, with a burst of the whole limit. */
export interface RateRule {
  readonly tenant: string;
  /** What is limited inside the tenant, e.g. `rpm:KEYID`. */
  readonly subject: string;
  readonly limit: number;
  readonly periodMs: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** Whole units left right now. */
  readonly remaining: number;
  /** Milliseconds until the same take would pass; 0 when allowed. */
  readonly retryAfterMs: number;
  /** Milliseconds until the limit is whole again. */
  readonly resetMs: number;
}

/** Generic cell rate algorithm (GCRA); each decision is atomic. */
export interface LimitStore {
  take(rule: RateRule, cost: number): Promise<RateDecision>;
}
