import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { CallRecord } from '../domain/record.ts';
import type { NanoUsd, Usage } from '../domain/usage.ts';

/** A price as `createPricer` knows it. */
type Price = (providerId: string, model: string, usage: Usage, at: number) => NanoUsd | null;

/**
 * What a request has to have in the ledger, as things stand: its attempts, and what the cache saved it.
 * @param at milliseconds since the epoch
 */
export function entriesOf(record: CallRecord, at: number, price: Price): LedgerEntry[] {
  const { principal, target, incoming, saved, tags } = record;
  if (principal === null || target === null) return [];
  const of = {
    requestId: incoming.requestId,
    tenant: principal.tenant,
    keyId: principal.keyId,
    provider: target.provider.id,
    model: target.model,
    tags,
    at,
  };
  const entries: LedgerEntry[] = [];
  if (record.attempts > 0) {
    const usage = record.measure?.() ?? record.usage;
    const underWay = record.cost === null && usage !== null;
    const cost = underWay ? price(of.provider, of.model, usage, at) : record.cost;
    entries.push({ ...of, id: record.attemptId, isAttempt: true, usage, cost, saved: 0 });
  }
  if (saved > 0)
    entries.push({ ...of, id: `${record.attemptId}-hit`, isAttempt: false, usage: null, cost: 0, saved });
  return entries;
}

/** Tokens as limits count them: all that went in and out. */
export function tokensOf(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { usage }) => {
    if (usage === null) return sum;
    return sum + usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h + usage.output;
  }, 0);
}
