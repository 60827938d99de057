import { bareClaim, type Claim, isBare, isTokenRate } from '../domain/claim.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { AttemptRecord, CallRecord } from '../domain/record.ts';
import type { Background } from '../ports/background.ts';
import type { Clock } from '../ports/clock.ts';
import type { Settlement } from '../ports/limit-store.ts';
import type { LogFields, Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { timed } from '../timed.ts';
import { costOfTries, usageOfTries } from '../usage/of-tries.ts';
import type { KeepBooks } from './books.ts';
import { entriesOf, tokensOf } from './entries.ts';
import { METRICS } from './instruments.ts';
import { formatUsd, type Pricer } from './price.ts';
import type { NoteSaved } from './savings.ts';
import type { TenantLabel } from './tenants.ts';

export interface SettleDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly keepBooks: KeepBooks;
  readonly noteSaved: NoteSaved;
  readonly price: Pricer;
  /** What a model wrote in one answer. */
  readonly noteOutput: (model: string, outputTokens: number) => void;
  /** The label for a model: its own name when it is known, else `other`, so that clients cannot create series. */
  readonly modelLabel: (provider: string, model: string) => string;
  readonly tenantLabel: TenantLabel;
  readonly noteTrace: (record: CallRecord) => void;
}

/** Writes what is over into metrics and log, and what it used into limits, budgets and the ledger. */
export interface Settle {
  /** A call of a provider: called once, when its usage and cost are known as well as they will be. */
  attempt(tried: AttemptRecord): void;
  /** A request: called once, when the answer and all attempts are over. */
  request(record: CallRecord, background: Background): void;
}

export function createSettle(deps: SettleDeps): Settle {
  const { metrics, logger, modelLabel } = deps;
  return {
    attempt(tried) {
      const { provider, model } = tried.target;
      countAttempt(metrics, tried, [provider.id, modelLabel(provider.id, model)]);
    },
    request(record, background) {
      const { target } = record;
      const provider = target?.provider.id ?? 'none';
      const labels = [provider, target === null ? 'none' : modelLabel(provider, target.model)] as const;
      count(metrics, record, labels);
      countForTenant(deps, record);
      time(metrics, record, labels);
      log(logger, record);
      remember(deps, record);
      const booked = book(deps, record);
      if (booked !== null) background.waitUntil(booked);
      deps.noteTrace(record);
    },
  };
}

type Labels = readonly [provider: string, model: string];

function countAttempt(metrics: Metrics, tried: AttemptRecord, labels: Labels): void {
  const { outcome, cost, sentAt, endedAt } = tried;
  metrics.add(METRICS.attempts, 1, [...labels, outcome ?? 'unknown']);
  if (cost === null) metrics.add(METRICS.unpriced, 1, labels);
  else metrics.add(METRICS.cost, cost / 1e9, labels);
  countTokens(metrics, tried, labels);
  const [provider] = labels;
  if (endedAt !== null) metrics.observe(METRICS.upstreamDuration, (endedAt - sentAt) / 1000, [provider]);
}

function countForTenant({ metrics, tenantLabel }: SettleDeps, { principal, tries }: CallRecord): void {
  const labels = [tenantLabel(principal?.tenant ?? null)];
  const cost = costOfTries(tries);
  metrics.add(METRICS.tenantRequests, 1, labels);
  if (cost !== null && cost > 0) metrics.add(METRICS.tenantCost, cost / 1e9, labels);
}

function countTokens(metrics: Metrics, { usage }: AttemptRecord, labels: Labels): void {
  if (usage === null) return;
  const buckets = [
    ['input', usage.input],
    ['output', usage.output],
    ['cache_read', usage.cacheRead],
    ['cache_write', usage.cacheWrite + usage.cacheWrite1h],
    ['reasoning', usage.reasoning],
  ] as const;
  for (const [type, tokens] of buckets) {
    if (tokens > 0) metrics.add(METRICS.tokens, tokens, [...labels, type]);
  }
}

function count(metrics: Metrics, record: CallRecord, labels: Labels): void {
  const { endpoint } = record.incoming;
  metrics.add(METRICS.activeRequests, -1, []);
  metrics.add(METRICS.requests, 1, [endpoint, ...labels, String(record.status), String(record.streamed)]);
  if (record.disconnect !== null) metrics.add(METRICS.disconnects, 1, [record.disconnect]);
}

function time(metrics: Metrics, record: CallRecord, labels: Labels): void {
  const { endpoint, startedAt } = record.incoming;
  const { tries, answered, endedAt } = record;
  const seconds = ((endedAt ?? startedAt) - startedAt) / 1000;
  metrics.observe(METRICS.duration, seconds, [endpoint, labels[0], String(record.streamed)]);
  const [first] = tries;
  if (first !== undefined) metrics.observe(METRICS.overhead, (first.sentAt - startedAt) / 1000, [endpoint]);
  const firstByteAt = answered?.firstByteAt ?? null;
  if (answered === null || firstByteAt === null) return;
  metrics.observe(METRICS.firstToken, (firstByteAt - startedAt) / 1000, labels);
  const furtherTokens = (answered.usage?.output ?? 0) - 1;
  const tokenSeconds = ((answered.endedAt ?? firstByteAt) - firstByteAt) / 1000 / furtherTokens;
  if (furtherTokens > 0) metrics.observe(METRICS.interToken, tokenSeconds, [labels[0]]);
}

/** One line per request; names and numbers only, never content. */
function log(logger: Logger, record: CallRecord): void {
  logger.log(record.status >= 500 ? 'warn' : 'info', 'request', () => fieldsOf(record));
}

function fieldsOf(record: CallRecord): LogFields {
  const { incoming, principal, target, call, tries } = record;
  const usage = usageOfTries(tries);
  const cost = costOfTries(tries);
  return {
    request_id: incoming.requestId,
    trace_id: record.trace?.traceId ?? traceIdOf(incoming.headers.get('traceparent')),
    tenant: principal?.tenant,
    key: principal?.keyName,
    endpoint: incoming.endpoint,
    status: record.status,
    error: record.error ?? undefined,
    provider: target?.provider.id,
    model: target?.model ?? call?.model.slice(0, 100),
    stream: record.streamed,
    cache: record.cache,
    attempts: tries.length,
    input_tokens:
      usage === null ? undefined : usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h,
    output_tokens: usage?.output,
    usage_estimated: usage?.estimated === true ? true : undefined,
    cost_usd: cost === null ? undefined : formatUsd(cost),
    duration_ms: since(record, record.endedAt),
    first_byte_ms: since(record, record.answered?.firstByteAt ?? null),
  };
}

/** Others may be tracing it, though the gateway does not. */
function traceIdOf(header: string | null): string | undefined {
  return header === null ? undefined : /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(header)?.[1];
}

function since({ incoming }: CallRecord, at: number | null): number | undefined {
  return at === null ? undefined : Math.round((at - incoming.startedAt) * 100) / 100;
}

function remember({ noteOutput }: SettleDeps, { call, answered, error }: CallRecord): void {
  const usage = answered?.usage ?? null;
  if (call !== null && usage !== null && !usage.estimated && error === null)
    noteOutput(call.model, usage.output);
}

/** Ends what the call holds and enters what it used, as one. Null: there is neither. */
function book({ clock, price, keepBooks, noteSaved }: SettleDeps, record: CallRecord): Promise<void> | null {
  const { custody, principal } = record;
  const entries = entriesOf(record, clock.now(), price);
  const settle = (settlement: Settlement) => {
    const timing = { operations: record.operations, now: () => clock.monotonic() };
    return timed(timing, 'limits settle', () => keepBooks(settlement));
  };
  if (custody === null) {
    if (principal === null || entries.length === 0) return null;
    const claim = bareClaim(principal.tenant, record.id);
    return settle({ claim, taken: [], entries, orphan: false });
  }
  const tokens = tokensOf(entries);
  const end = (claim: Claim, own: readonly LedgerEntry[]) => {
    const taken = claim.rates.map((rate) => (isTokenRate(rate) ? tokens : rate.cost));
    return settle({ claim, taken, entries: own, orphan: false });
  };
  const [own, ...others] = custody.claims;
  const [first, ...rest] = entries;
  if (isBare(own) && others.length === 0 && rest.length === 0 && first?.isAttempt !== true)
    return first === undefined ? null : noteSaved(first);
  return custody.stop().then(async () => {
    await Promise.all([end(own, entries), ...others.map((claim) => end(claim, []))]);
  });
}
