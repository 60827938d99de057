import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetricsPush } from '../../adapters/edge/metrics/push.ts';
import { createFakeClock, type FakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemoryMetrics, type MemoryMetrics } from '../../adapters/memory/metrics.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Instrument } from '../../src/ports/metrics.ts';
import { type OtlpMetricsReceiver, startOtlpMetrics } from '../support/otlp-metrics.ts';

const calls: Instrument = { name: 'calls_total', help: 'Calls.', kind: 'counter', labels: ['status'] };
const seconds: Instrument = {
  name: 'call_seconds',
  help: 'Time.',
  kind: 'histogram',
  labels: ['p'],
  buckets: [0.1, 1],
};
const active: Instrument = { name: 'active', help: 'Under way.', kind: 'gauge', labels: [] };
const BATCH_MS = 3_000;

describe('the push of metrics at the edge', () => {
  let receiver: OtlpMetricsReceiver;
  let clock: FakeClock;
  let metrics: MemoryMetrics;
  let push: () => Promise<void>;
  const logger = createMemoryLogger();

  beforeEach(async () => {
    receiver = await startOtlpMetrics();
    clock = createFakeClock();
    metrics = createMemoryMetrics();
    push = createMetricsPush({
      metrics,
      clock,
      logger,
      endpoint: `${receiver.url}/`,
      resource: { 'service.name': 'x' },
      read: () => metrics.set(active, 7, []),
    });
  });
  afterEach(() => receiver.close());

  /** Of all requests that wait for it. */
  async function pushed(...waiting: readonly Promise<void>[]): Promise<void> {
    await clock.advance(BATCH_MS);
    await Promise.all(waiting);
  }

  it('sends what many requests counted in one, and then only what is new', async () => {
    metrics.add(calls, 2, ['200']);
    metrics.observe(seconds, 0.5, ['x']);
    const first = [push(), push(), push()];
    metrics.add(calls, 1, ['500']);
    await pushed(...first);
    expect(receiver.requests()).toBe(1);
    expect(receiver.total('calls_total')).toBe(3);

    metrics.add(calls, 4, ['200']);
    await pushed(push());
    const [, second] = receiver.pushes;
    expect(second?.path).toBe('/v1/metrics');
    expect(second?.resource).toEqual({ 'service.name': 'x' });
    expect(second?.metrics.map(({ name }) => name)).toEqual(['calls_total', 'active']);
    expect(second?.metrics[0]?.sum).toMatchObject({
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: [{ asDouble: 4, attributes: [{ key: 'status', value: { stringValue: '200' } }] }],
    });
    expect(receiver.total('calls_total', { status: '200' })).toBe(6);
  });

  it('tells the buckets of a histogram, and the interval that it stands for', async () => {
    for (const value of [0.05, 0.5, 0.6, 3]) metrics.observe(seconds, value, ['x']);
    await pushed(push());
    const histogram = receiver.pushes[0]?.metrics.find(({ name }) => name === 'call_seconds')?.histogram;
    expect(histogram?.dataPoints[0]).toMatchObject({
      count: '4',
      sum: expect.closeTo(4.15, 9),
      bucketCounts: ['1', '2', '1'],
      explicitBounds: [0.1, 1],
    });
    const { startTimeUnixNano = '', timeUnixNano = '' } = histogram?.dataPoints[0] ?? {};
    expect(BigInt(timeUnixNano) - BigInt(startTimeUnixNano)).toBe(BigInt(BATCH_MS) * 1_000_000n);
  });

  it('makes up for a push that was refused', async () => {
    receiver.behave('refuse');
    metrics.add(calls, 2, ['200']);
    await pushed(push());
    receiver.behave('accept');
    metrics.add(calls, 3, ['200']);
    await pushed(push());
    expect(receiver.total('calls_total')).toBe(5);
    expect(logger.lines.some(({ message }) => message === 'metrics not sent')).toBe(true);
  });

  it('goes on when the request that saw to it was ended before it could', async () => {
    let isFirst = true;
    const forgetful: Clock = {
      ...clock,
      after(ms, fire) {
        if (!isFirst) return clock.after(ms, fire);
        isFirst = false;
        return () => {};
      },
    };
    const pushFrom = createMetricsPush({
      metrics,
      clock: forgetful,
      logger,
      endpoint: receiver.url,
      resource: {},
      read() {},
    });
    metrics.add(calls, 1, ['200']);
    void pushFrom();
    await pushFrom();
    await clock.advance(2 * BATCH_MS);
    expect(receiver.requests()).toBe(0);
    metrics.add(calls, 1, ['200']);
    await pushed(pushFrom());
    expect(receiver.total('calls_total')).toBe(2);
  });
});
