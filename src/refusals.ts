import type { Call } from './domain/call.ts';
import type { RouteTarget } from './domain/plan.ts';
import { howAsked } from './translate/asked.ts';
import { withOverrides } from './translate/overrides.ts';

/** Why a target cannot be asked for all of a call in its dialect; null: it can. */
export type RefusalOf = (call: Call, target: RouteTarget, dropUnsupported: boolean) => string | null;

/**
 * A whole translation is made to find it out, so it is made once for each call: the cache keeps the calls that come
 * again and again, and hits are not to wait for what only misses need.
 */
export function createRefusalOf(): RefusalOf {
  const found = new WeakMap<Call, Map<string, string | null>>();

  return function refusalOf(call, target, dropUnsupported) {
    if (target.provider.paths[call.endpoint] !== undefined) return null;
    const known = found.get(call) ?? new Map<string, string | null>();
    found.set(call, known);
    const name = JSON.stringify([target.id, target.overrides, dropUnsupported]);
    const before = known.get(name);
    if (before !== undefined) return before;
    const { refused } = howAsked(withOverrides(call, target.overrides), target, dropUnsupported);
    known.set(name, refused);
    return refused;
  };
}
