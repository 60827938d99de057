import type { PriceRefreshConfig } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fetch } from '../ports/fetch.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { METRICS } from './instruments.ts';
import { takePriceFile } from './price-file.ts';

export interface PriceRefreshDeps {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'add'>;
  /** As they are in force now. */
  readonly settings: () => PriceRefreshConfig;
}

/** Fetches newer prices when it is time. Null: it is not, or there is nowhere to fetch them from. Never rejects. */
export type RefreshPrices = () => Promise<void> | null;

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 16 << 20;
/** After a failure it is tried again sooner. */
const RETRY_MS = 300_000;

export function createPriceRefresh({
  fetch,
  clock,
  logger,
  metrics,
  settings,
}: PriceRefreshDeps): RefreshPrices {
  let dueAt = Number.NEGATIVE_INFINITY;
  let etag: string | null = null;

  return function refreshIfDue() {
    const { url, everyMs } = settings();
    if (url === null || clock.monotonic() < dueAt) return null;
    // Processes that began together need not ask together.
    dueAt = clock.monotonic() + everyMs * (0.9 + Math.random() / 5);
    return refresh(url, everyMs);
  };

  async function refresh(url: string, everyMs: number): Promise<void> {
    try {
      const text = await read(url);
      if (text === null) return told('unchanged');
      const models = takePriceFile(text);
      logger.log('info', 'prices refreshed', { models });
      told('taken');
    } catch (error) {
      etag = null;
      dueAt = Math.min(dueAt, clock.monotonic() + Math.min(RETRY_MS, everyMs));
      const reason = error instanceof Error ? error.message : String(error);
      logger.log('warn', 'prices not refreshed: those before stay', { error: reason.slice(0, 300) });
      told('failed');
    }
  }

  function told(result: string): void {
    metrics.add(METRICS.priceRefreshes, 1, [result]);
  }

  /** Null: it is the same as before. @throws Error */
  async function read(url: string): Promise<string | null> {
    const controller = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => controller.abort(new Error('no answer in time')));
    try {
      const headers = { accept: 'application/json', ...(etag === null ? {} : { 'if-none-match': etag }) };
      const reply = await fetch({ method: 'GET', url, headers, body: null, signal: controller.signal });
      if (reply.status !== 200) {
        reply.discard();
        if (reply.status === 304) return null;
        throw new Error(`status ${reply.status}`);
      }
      const bytes = await reply.collect(MAX_BYTES);
      etag = reply.headers.get('etag');
      return new TextDecoder().decode(bytes);
    } finally {
      cancel();
    }
  }
}
