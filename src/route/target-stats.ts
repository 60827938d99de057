/** What is known of a target now. */
export interface TargetState {
  /** Peak-sensitive average of the time to the first token, in milliseconds; null: it was not measured yet. */
  readonly latencyMs: number | null;
  /** Calls under way in this process. */
  readonly inFlight: number;
  /** `open`: it failed too often, and is left alone for a while. `half_open`: it is being tried again. */
  readonly breaker: 'closed' | 'half_open' | 'open';
  /** The operator wants no calls to go there. */
  readonly drained: boolean;
}

/** What the order of targets depends on beside the configuration. Asked for each target of each call, so it is quick. */
export interface TargetStats {
  /** @param id `provider/model`; what nobody has heard of is a target at rest. */
  of(id: string): TargetState;
}

/** What an operator may see and do of targets. */
export interface TargetControl extends TargetStats {
  /** Every target that something is known of, by its id. */
  snapshot(): ReadonlyMap<string, TargetState>;
  /** Takes a target (`provider/model`), or a provider with all of them, out of service. */
  drain(id: string): Promise<void>;
  /** The opposite. Its failures of before count no more. */
  restore(id: string): Promise<void>;
}

const AT_REST: TargetState = { latencyMs: null, inFlight: 0, breaker: 'closed', drained: false };

/** Measures nothing and remembers what was drained: for tests, and where nothing watches the targets. */
export function createIdleTargets(): TargetControl {
  const drained = new Set<string>();
  const isDrained = (id: string) => drained.has(id) || drained.has(id.slice(0, id.indexOf('/')));
  const of = (id: string): TargetState => ({ ...AT_REST, drained: isDrained(id) });
  return {
    of,
    snapshot: () => new Map([...drained].filter((id) => id.includes('/')).map((id) => [id, of(id)])),
    async drain(id) {
      drained.add(id);
    },
    async restore(id) {
      drained.delete(id);
    },
  };
}
