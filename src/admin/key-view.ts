import { formatUsd } from '../account/price.ts';
import type { KeyRecord } from '../ports/key-store.ts';

/** A key as the API shows it, in the words in which it is made. Field names are those of the wire. */
export function keyView(record: KeyRecord, now: number): object {
  const { id, name, tenant, hint, tags, models, routes, providers, limits, budgets, cache } = record;
  return {
    object: 'gateway_key',
    id,
    name,
    tenant,
    hint: `${hint}…`,
    status: statusOf(record, now),
    tags,
    models,
    routes,
    providers,
    ...limits,
    budgets: budgets.map(({ usd, period, softPercent }) => ({
      usd: formatUsd(usd),
      period,
      soft_percent: softPercent,
    })),
    cache_mode: cache?.mode ?? null,
    created_at: instant(record.createdAt),
    expires_at: instant(record.expiresAt),
    revoked_at: instant(record.revokedAt),
    /** Keys that it had before and that still count. */
    former_valid_until: record.former.filter(({ until }) => until > now).map(({ until }) => instant(until)),
  };
}

function statusOf({ revokedAt, expiresAt }: KeyRecord, now: number): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
