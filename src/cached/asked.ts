import type { Directives } from '../cache/directives.ts';
import type { CallLife } from '../call-life.ts';
import type { Prepared } from '../dispatch.ts';
import type { CachePolicy } from '../domain/cache-policy.ts';
import type { Principal } from '../domain/principal.ts';

/** A call that may be looked up. */
export interface Asked {
  readonly principal: Principal;
  readonly prepared: Prepared;
  readonly directives: Directives;
  readonly policy: CachePolicy;
  readonly key: string;
  /** Makes the life of the same call for nobody: an entry is renewed behind the answer that it gave. */
  readonly again: () => CallLife;
  /** To be called once its answer is kept; never rejects. */
  readonly remember?: (() => Promise<void>) | null;
}
