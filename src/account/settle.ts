import type { CallRecord } from '../domain/record.ts';
import type { Background } from '../ports/background.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { METRICS } from './instruments.ts';
import { formatUsd } from './price.ts';
import type { TenantLabel } from './tenants.ts';

export interface SettleDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly ledger: Ledger;
  /** The label for a model: its own name when it is known, else `other`, so that clients cannot create series. */
  readonly modelLabel: (provider: string, model: string) => string;
  readonly tenantLabel: TenantLabel;
}

export type Settle = (record: CallRecord, background: Background) => void;

/** Writes a finished request into metrics, log and ledger. Called once, when the answer is over. */
export function createSettle(deps: SettleDeps): Settle {
  return function settle(record, background) {
    const provider = record.target?.provider.id ?? 'none';
    const model = record.target === null ? 'none' : deps.modelLabel(provider, record.target.model);
    count(deps.metrics, record, provider, model);
    countForTenant(deps, record);
    time(deps.metrics, record, provider, model);
    log(deps.logger, record);
    if (record.attempts > 0) background.waitUntil(enterLedger(deps, record, provider));
  };
}

function count(metrics: Metrics, record: CallRecord, provider: string, model: string): void {
  const { endpoint } = record.incoming;
  metrics.add(METRICS.activeRequests, -1, []);
  metrics.add(METRICS.requests, 1, [
    endpoint,
    provider,
    model,
    String(record.status),
    String(record.streamed),
  ]);
  if (record.disconnect !== null) metrics.add(METRICS.disconnects, 1, [record.disconnect]);
  if (record.attempts === 0) return;
  metrics.add(METRICS.attempts, record.attempts, [provider, model, record.error ?? 'ok']);
  if (record.cost === null) metrics.add(METRICS.unpriced, 1, [provider, model]);
  else metrics.add(METRICS.cost, record.cost / 1e9, [provider, model]);
  countTokens(metrics, record, provider, model);
}

function countForTenant({ metrics, tenantLabel }: SettleDeps, { principal, cost }: CallRecord): void {
  const labels = [tenantLabel(principal?.tenant ?? null)];
  metrics.add(METRICS.tenantRequests, 1, labels);
  if (cost !== null && cost > 0) metrics.add(METRICS.tenantCost, cost / 1e9, labels);
}

function countTokens(metrics: Metrics, { usage }: CallRecord, provider: string, model: string): void {
  if (usage === null) return;
  const buckets = [
    ['input', usage.input],
    ['output', usage.output],
    ['cache_read', usage.cacheRead],
    ['cache_write', usage.cacheWrite + usage.cacheWrite1h],
    ['reasoning', usage.reasoning],
  ] as const;
  for (const [type, tokens] of buckets) {
    if (tokens > 0) metrics.add(METRICS.tokens, tokens, [provider, model, type]);
  }
}

function time(metrics: Metrics, record: CallRecord, provider: string, model: string): void {
  const { endpoint, startedAt } = record.incoming;
  const { sentAt, endedAt, firstByteAt } = record;
  const end = endedAt ?? startedAt;
  metrics.observe(METRICS.duration, (end - startedAt) / 1000, [endpoint, provider, String(record.streamed)]);
  if (sentAt === null) return;
  metrics.observe(METRICS.overhead, (sentAt - startedAt) / 1000, [endpoint]);
  metrics.observe(METRICS.upstreamDuration, (end - sentAt) / 1000, [provider]);
  if (firstByteAt === null) return;
  metrics.observe(METRICS.firstToken, (firstByteAt - startedAt) / 1000, [provider, model]);
  const furtherTokens = (record.usage?.output ?? 0) - 1;
  if (furtherTokens > 0)
    metrics.observe(METRICS.interToken, (end - firstByteAt) / 1000 / furtherTokens, [provider]);
}

/** One line per request; names and numbers only, never content. */
function log(logger: Logger, record: CallRecord): void {
  const { incoming, principal, target, call, usage } = record;
  logger.log(record.status >= 500 ? 'warn' : 'info', 'request', {
    request_id: incoming.requestId,
    tenant: principal?.tenant,
    key: principal?.keyName,
    endpoint: incoming.endpoint,
    status: record.status,
    error: record.error ?? undefined,
    provider: target?.provider.id,
    model: target?.model ?? call?.model.slice(0, 100),
    stream: record.streamed,
    cache: record.cache,
    attempts: record.attempts,
    input_tokens:
      usage === null ? undefined : usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h,
    output_tokens: usage?.output,
    usage_estimated: usage?.estimated === true ? true : undefined,
    cost_usd: record.cost === null ? undefined : formatUsd(record.cost),
    duration_ms: since(record, record.endedAt),
    first_byte_ms: since(record, record.firstByteAt),
  });
}

function since({ incoming }: CallRecord, at: number | null): number | undefined {
  return at === null ? undefined : Math.round((at - incoming.startedAt) * 100) / 100;
}

function enterLedger(deps: SettleDeps, record: CallRecord, provider: string): Promise<void> {
  return deps.ledger.settle({
    attemptId: record.attemptId,
    requestId: record.incoming.requestId,
    tenant: record.principal?.tenant ?? 'unknown',
    keyId: record.principal?.keyId ?? 'unknown',
    provider,
    model: record.target?.model ?? 'unknown',
    at: deps.clock.now(),
    usage: record.usage,
    cost: record.cost,
  });
}
