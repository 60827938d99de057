import type { KeyCache } from './cache-policy.ts';
import { type Budget, type Limits, NO_LIMITS } from './limits.ts';

/** What a key may do. The same for keys from the configuration and for those that were made through the API. */
export interface Grant {
  /** `team=search`: what its calls are counted under beside their own tags. */
  readonly tags: readonly string[];
  /** Models (gateway names, `*` at the end allowed); null: all. */
  readonly models: readonly string[] | null;
  /** Routes by name; null: all, unless `models` says which names may be asked for. */
  readonly routes: readonly string[] | null;
  /** Providers by id, whatever way leads to them; null: all. */
  readonly providers: readonly string[] | null;
  readonly limits: Limits;
  readonly budgets: readonly Budget[];
  /** Null: as the gateway and the route say. */
  readonly cache: KeyCache | null;
}

/** A key without any limit. */
export const FULL_GRANT: Grant = {
  tags: [],
  models: null,
  routes: null,
  providers: null,
  limits: NO_LIMITS,
  budgets: [],
  cache: null,
};

/** The fields of a grant alone, of whatever has them. */
export function grantOf({ tags, models, routes, providers, limits, budgets, cache }: Grant): Grant {
  return { tags, models, routes, providers, limits, budgets, cache };
}
