import { METRICS } from '../account/instruments.ts';
import { formatUsd } from '../account/price.ts';
import { ageSeconds } from '../cache/freshness.ts';
import { replay } from '../cache/replay.ts';
import type { Prepared } from '../dispatch.ts';
import type { Answer, CacheStatus } from '../domain/answer.ts';
import type { Entry } from '../domain/cache-entry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import { plannedTarget } from '../route/planned-target.ts';
import { costOfTries } from '../usage/of-tries.ts';
import { asAsked } from './as-asked.ts';
import { hidesUsage } from './usage-chunk.ts';

export interface HitDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly modelLabel: (provider: string, model: string) => string;
  /** Milliseconds between the chunks of a replayed stream; 0: at once. */
  readonly replayPaceMs: number;
}

export type HitTier = 'l1' | 'l2' | 'stale' | 'coalesced';

const STATUS: Readonly<Record<HitTier, CacheStatus>> = {
  l1: 'hit-l1',
  l2: 'hit-l2',
  stale: 'stale',
  coalesced: 'coalesced',
};

/** Answers with what was kept. Null: it was kept in a form that cannot be made the one that is asked for. */
export function answerFrom(
  entry: Entry,
  tier: HitTier,
  prepared: Prepared,
  { clock, metrics, modelLabel, replayPaceMs }: HitDeps,
): Answer | null {
  const { life, call, headers } = prepared;
  const target = plannedTarget(prepared.plan, entry.provider, entry.model);
  const { provider } = target;
  const kept = asAsked(entry, prepared, provider);
  if (kept === null) return null;
  const { record } = life;
  record.cache = STATUS[tier];
  record.status = 200;
  record.streamed = call.stream;
  record.target = target;
  // A provider that was tried in vain may want to be paid all the same.
  const cost = costOfTries(record.tries);
  metrics.add(METRICS.cacheHits, 1, [tier]);
  if (entry.cost !== null) {
    record.saved = entry.cost;
    const labels = [entry.provider, modelLabel(entry.provider, entry.model), tier];
    metrics.add(METRICS.costSaved, entry.cost / 1e9, labels);
  }
  const body = call.stream
    ? replay(kept, {
        hide: hidesUsage(prepared, provider),
        pace: replayPaceMs === 0 ? null : { clock, msPerChunk: replayPaceMs },
      })
    : kept.body;
  const all = {
    ...headers,
    'content-type': kept.contentType,
    ...life.headers(),
    age: String(ageSeconds(entry, clock.now())),
    ...(cost === null ? {} : { 'x-llm-edge-cost-usd': formatUsd(cost) }),
    ...(entry.dropped === '' ? {} : { 'x-llm-edge-dropped': entry.dropped }),
    ...(call.stream ? STREAMED : {}),
  };
  life.finish();
  return { status: 200, headers: all, body };
}

const STREAMED = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
