import type { LimitStore } from '../../../src/ports/limit-store.ts';
import type { Link } from './link.ts';

/** A call that waits longer than this for its limit goes on without one. */
const DEADLINE_MS = 250;

/** The limits that another process keeps for all. `take` rejects when that process does not answer in time. */
export function createSharedLimitStore(link: Link<LimitStore>): LimitStore {
  return { take: (rule, cost) => link.call('take', [rule, cost], DEADLINE_MS) };
}
