import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { MemoryMetrics } from '../../memory/metrics.ts';
import { postOtlp } from '../../otlp-post.ts';
import { deltaOf, type Snapshot } from './delta.ts';
import { type Resource, toOtlp } from './otlp.ts';

export interface MetricsPushOptions {
  readonly metrics: MemoryMetrics;
  /** Of an OTLP receiver over HTTP; `/v1/metrics` is added. */
  readonly endpoint: string;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sets gauges that are read, not counted. */
  readonly read: () => void;
}

/**
 * To be called after each request, and waited for by what holds the runtime: what was counted meanwhile goes out in one push.
 * Never rejects.
 */
export type PushMetrics = () => Promise<void>;

/** What comes within this time goes together. A Worker is given 30 s after its answer. */
const BATCH_MS = 3_000;
const DEADLINE_MS = 3_000;

/**
 * Sends what an isolate has counted since it did so last. Isolates come and go, so each push says only what is new. A push
 * that failed is made up for by the next; one whose answer was lost is counted twice.
 */
export function createMetricsPush(options: MetricsPushOptions): PushMetrics {
  const { metrics, clock, resource, logger } = options;
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/metrics`;
  let sent: Snapshot = [];
  let sentAt = clock.now();
  /** Until then another request sees to it; if its runtime was ended, the next one after that does. */
  let dueUntil = Number.NEGATIVE_INFINITY;

  async function push(): Promise<void> {
    options.read();
    const snapshot = metrics.snapshot();
    const to = clock.now();
    const message = toOtlp(resource, { from: sentAt, to }, deltaOf(sent, snapshot));
    try {
      await postOtlp(url, message);
      [sent, sentAt] = [snapshot, to];
    } catch (error) {
      logger.log('warn', 'metrics not sent', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  return async function pushMetrics() {
    const now = clock.monotonic();
    if (now < dueUntil) return;
    dueUntil = now + BATCH_MS + DEADLINE_MS;
    await new Promise<void>((resolve) => clock.after(BATCH_MS, resolve));
    await push();
    dueUntil = Number.NEGATIVE_INFINITY;
  };
}
