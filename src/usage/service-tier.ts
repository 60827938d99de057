import type { JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';

/** What providers call the tier whose prices they list. */
const LISTED = new Set(['', 'default', 'standard', 'auto', 'on_demand']);

/** The usage with the tier in which the provider says that it served the call, where that is not the one whose prices it lists. */
export function withServiceTier(usage: Usage | null, tier: JsonValue | undefined): Usage | null {
  if (usage === null || typeof tier !== 'string' || LISTED.has(tier)) return usage;
  return { ...usage, serviceTier: tier };
}
