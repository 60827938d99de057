import type { Grant } from './grant.ts';

declare const authenticated: unique symbol;

/** Who calls, and what it may do. Only `authenticate` makes one, which is how the stages after it know that it ran. */
export interface Principal extends Grant {
  readonly [authenticated]: true;
  /** First part of every key in every store. `[A-Za-z0-9_.-]{1,64}`. */
  readonly tenant: string;
  /** Public name of the key, for logs and metrics; never the key itself. */
  readonly keyName: string;
  /** Stable id of the key: what limits and budgets are counted by, through every rotation. */
  readonly keyId: string;
  /** In `passthrough` mode the client's own provider credential; never logged. */
  readonly credential: string | null;
}
