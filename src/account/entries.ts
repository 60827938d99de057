import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { AttemptRecord, CallRecord } from '../domain/record.ts';
import type { Pricer } from './price.ts';

/**
 * What a request has to have in the ledger, as things stand: its attempts, and what the cache saved it.
 * @param at milliseconds since the epoch
 */
export function entriesOf(record: CallRecord, at: number, price: Pricer): LedgerEntry[] {
  const { principal, target, incoming, saved, tags, tries } = record;
  if (principal === null) return [];
  const { tenant, keyId } = principal;
  const of = { requestId: incoming.requestId, tenant, keyId, tags, at };
  const entries = tries.map((tried): LedgerEntry => {
    const { provider, model } = tried.target;
    const used = usedBy(tried, at, price);
    return { ...of, ...used, id: tried.id, provider: provider.id, model, isAttempt: true, saved: 0 };
  });
  if (saved === 0 || target === null) return entries;
  const { provider, model } = target;
  const hit = { provider: provider.id, model, isAttempt: false, usage: null, cost: 0, saved };
  return [...entries, { ...of, ...hit, id: `${record.id}-hit` }];
}

/** Of an attempt under way, what it used so far, were it to end now. */
function usedBy(tried: AttemptRecord, at: number, price: Pricer): Pick<LedgerEntry, 'usage' | 'cost'> {
  if (tried.outcome !== null) return { usage: tried.usage, cost: tried.cost };
  const usage = tried.measure?.() ?? tried.usage;
  const { provider, model } = tried.target;
  return { usage, cost: usage === null ? null : price(provider.id, model, usage, at) };
}

/** Tokens as limits count them: all that went in and out. */
export function tokensOf(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { usage }) => {
    if (usage === null) return sum;
    return sum + usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h + usage.output;
  }, 0);
}
