import type { AttemptRecord, CallRecord, StoreOperation } from '../domain/record.ts';
import type { RequestTrace } from '../domain/trace.ts';
import type { SpanAttributes, SpanData } from '../ports/telemetry.ts';
import {
  attemptAttributes,
  known,
  operationOf,
  replyAttributes,
  requestAttributes,
  usageAttributes,
} from './attributes.ts';
import { randomHex } from './start-trace.ts';

/** What was said in an attempt, as attributes. */
export type ReadContent = (record: CallRecord, tried: AttemptRecord) => SpanAttributes;

export interface SpanOptions {
  /** Milliseconds to add to monotonic ones for those since the epoch. */
  readonly epoch: number;
  /** Names of before the conventions for generative AI moved, beside those of now. */
  readonly legacyNames: boolean;
  readonly guard: (text: string) => string;
  readonly cost: (nano: number) => string;
  /** Null: nobody is to see it. */
  readonly content: ReadContent | null;
}

/** The spans of a request that is over: its own, one one for each call of a provider, one for the look into the cache. */
export function spansOf(record: CallRecord, trace: RequestTrace, options: SpanOptions): SpanData[] {
  return [
    serverSpan(record, trace, options),
    ...cacheSpan(record, trace, options),
    ...record.tries.map((tried) => attemptSpan(record, tried, trace, options)),
  ];
}

function serverSpan(record: CallRecord, trace: RequestTrace, { epoch, guard }: SpanOptions): SpanData {
  const { incoming, principal, target, tries, status, call } = record;
  const route = routeOf(incoming.endpoint, incoming.path);
  return {
    ...trace,
    name: record.isAside ? 'cache renewal' : `${incoming.method} ${route}`,
    kind: record.isAside ? 'internal' : 'server',
    startedAt: epoch + incoming.startedAt,
    endedAt: epoch + (record.endedAt ?? incoming.startedAt),
    error: status >= 500 || record.disconnect !== null ? (record.error ?? String(status)) : null,
    attributes: known({
      'http.request.method': incoming.method,
      'http.route': route,
      'http.response.status_code': status || null,
      'error.type': record.error,
      'llm_edge.request_id': incoming.requestId,
      'llm_edge.tenant': principal?.tenant,
      'llm_edge.key': principal?.keyName,
      'llm_edge.cache': record.cache,
      'llm_edge.attempts': tries.length,
      'llm_edge.continued': record.continued || null,
      'llm_edge.provider': target?.provider.id,
      'llm_edge.model': call === null ? null : guard(call.model.slice(0, 100)),
    }),
  };
}

/** A path of the API as a name: those of objects and of providers would be without number. */
function routeOf(endpoint: string, path: string): string {
  if (endpoint === 'unknown') return 'unknown';
  if (endpoint === 'response_item') return '/v1/responses/{id}';
  if (endpoint === 'passthrough') return path.startsWith('/proxy/') ? '/proxy/{provider}/*' : firstOf(path);
  return endpoint === 'models' || endpoint === 'admin' ? firstOf(path) : path;
}

function firstOf(path: string): string {
  return path.split('/').slice(0, 3).join('/');
}

/** From the request to the first call of a provider, or to the answer where it had one. */
function cacheSpan(record: CallRecord, trace: RequestTrace, { epoch }: SpanOptions): SpanData[] {
  const { incoming, cache, tries, endedAt, cacheSpanId } = record;
  if (cache === 'bypass' || cacheSpanId === null) return [];
  const until = tries[0]?.sentAt ?? endedAt ?? incoming.startedAt;
  return [
    {
      traceId: trace.traceId,
      spanId: cacheSpanId,
      parentSpanId: trace.spanId,
      name: 'cache lookup',
      kind: 'internal',
      startedAt: epoch + incoming.startedAt,
      endedAt: epoch + until,
      error: null,
      attributes: { 'llm_edge.cache': cache },
    },
  ];
}

/** The span of a word with a store. */
export function storeSpan(
  { name, startedAt, endedAt, failed }: StoreOperation,
  trace: RequestTrace,
  epoch: number,
): SpanData {
  return {
    traceId: trace.traceId,
    spanId: randomHex(8),
    parentSpanId: trace.spanId,
    name,
    kind: 'internal',
    startedAt: epoch + startedAt,
    endedAt: epoch + endedAt,
    error: failed ? 'store_error' : null,
    attributes: known({ 'error.type': failed ? 'store_error' : null }),
  };
}

function attemptSpan(
  record: CallRecord,
  tried: AttemptRecord,
  trace: RequestTrace,
  { epoch, legacyNames, cost, guard, content }: SpanOptions,
): SpanData {
  const { outcome, target, sentAt } = tried;
  const error = outcome === null || outcome === 'ok' ? null : outcome;
  const operation = operationOf(record.incoming.endpoint);
  const model = guard(target.model.slice(0, 100));
  return {
    traceId: trace.traceId,
    spanId: tried.spanId ?? '',
    parentSpanId: trace.spanId,
    name: model === '' ? operation : `${operation} ${model}`,
    kind: 'client',
    startedAt: epoch + sentAt,
    endedAt: epoch + (tried.endedAt ?? sentAt),
    error,
    attributes: known({
      ...attemptAttributes(record, tried, legacyNames),
      ...requestAttributes(record),
      'gen_ai.request.model': model || null,
      ...replyAttributes(tried, guard),
      ...usageAttributes(tried.usage, legacyNames),
      'llm_edge.cost_usd': tried.cost === null ? null : cost(tried.cost),
      'error.type': error,
      ...content?.(record, tried),
    }),
  };
}
