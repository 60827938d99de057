import type { KeyCache } from './cache-policy.ts';
import type { Budget, Limits } from './limits.ts';

declare const authenticated: unique symbol;

/** Who calls. Only `authenticate` makes one, which is how the stages after it know that it ran. */
export interface Principal {
  readonly [authenticated]: true;
  /** First part of every key in every store. `[A-Za-z0-9_.-]{1,64}`. */
  readonly tenant: string;
  /** Public name of the key, for logs and metrics; never the key itself. */
  readonly keyName: string;
  /** Stable id of the key: what rate limits are counted by. */
  readonly keyId: string;
  /** Models (gateway names, `*` at the end allowed) this principal may use; null: all. */
  readonly models: readonly string[] | null;
  /** Its own; null in them: as the gateway says. */
  readonly limits: Limits;
  readonly budgets: readonly Budget[];
  /** `name=value`; every call has them. */
  readonly tags: readonly string[];
  /** Null: as the gateway and the route say. */
  readonly cache: KeyCache | null;
  /** In `passthrough` mode the client's own provider credential; never logged. */
  readonly credential: string | null;
}
