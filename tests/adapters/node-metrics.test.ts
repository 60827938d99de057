import { describe, expect, it, vi } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createCpuShare } from '../../adapters/node/metrics/cpu-share.ts';
import { createExposition } from '../../adapters/node/metrics/exposition.ts';
import type { Reading } from '../../adapters/node/metrics/process.ts';
import { render } from '../../adapters/node/metrics/render.ts';
import { createReporter } from '../../adapters/node/metrics/reporter.ts';
import { Totals } from '../../adapters/node/metrics/totals.ts';
import { METRICS } from '../../src/account/instruments.ts';
import type { Instrument } from '../../src/ports/metrics.ts';
import { metricsContract } from '../contract/metrics.ts';
import { findSample, readSamples } from '../support/prometheus.ts';

const requests: Instrument = { name: 'r_total', help: 'Requests.', kind: 'counter', labels: ['status'] };
const active: Instrument = { name: 'active', help: 'Active.', kind: 'gauge', labels: [] };
const seconds: Instrument = {
  name: 's_seconds',
  help: 'Seconds.',
  kind: 'histogram',
  labels: ['p'],
  buckets: [0.1, 1],
};

metricsContract('as Prometheus text', async () => {
  const metrics = createMemoryMetrics();
  const samples = async () => readSamples(await render(metrics.snapshot()));
  const label = ({ labels: names }: Instrument, values: readonly string[]) =>
    Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
  return {
    metrics,
    read: async (instrument, values) => {
      const name = instrument.kind === 'histogram' ? `${instrument.name}_sum` : instrument.name;
      return findSample(await samples(), name, label(instrument, values));
    },
    readUpTo: async (instrument, values, bound) => {
      const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
      const labels = { ...label(instrument, values), le };
      return findSample(await samples(), `${instrument.name}_bucket`, labels) ?? 0;
    },
    seriesCount: async ({ name }) => (await samples()).filter((sample) => sample.name === name).length,
  };
});

/** What a process read that counted so much. */
function reading(count: number, cpuMicros = 0): Reading {
  const metrics = createMemoryMetrics();
  metrics.add(requests, count, ['200']);
  metrics.set(active, count, []);
  for (let i = 0; i < count; i += 1) metrics.observe(seconds, 0.5, ['x']);
  return { metrics: metrics.snapshot(), cpuMicros };
}

describe('the totals of several processes', () => {
  it('add up counters, gauges and every bucket', async () => {
    const totals = new Totals();
    totals.update(1, reading(2, 10));
    totals.update(2, reading(3, 20));
    const samples = readSamples(await render(totals.sum().metrics));
    expect(findSample(samples, 'r_total', { status: '200' })).toBe(5);
    expect(findSample(samples, 'active', {})).toBe(5);
    expect(findSample(samples, 's_seconds_bucket', { p: 'x', le: '0.1' })).toBe(0);
    expect(findSample(samples, 's_seconds_bucket', { p: 'x', le: '1' })).toBe(5);
    expect(findSample(samples, 's_seconds_bucket', { p: 'x', le: '+Inf' })).toBe(5);
    expect(findSample(samples, 's_seconds_count', { p: 'x' })).toBe(5);
    expect(findSample(samples, 's_seconds_sum', { p: 'x' })).toBe(2.5);
    expect(totals.sum().cpuMicros).toBe(30);
  });

  it('count the newest reading of a process only', () => {
    const totals = new Totals();
    totals.update(1, reading(2));
    totals.update(1, reading(5));
    expect(totals.sum().metrics[0]?.series[0]?.value).toBe(5);
  });

  it('keep the counters of processes that ended and drop their gauges', async () => {
    const totals = new Totals();
    for (const pid of [1, 2, 3]) totals.update(pid, reading(10, 100));
    totals.end(1);
    totals.end(2);
    totals.end(2);
    totals.end(99);
    const samples = readSamples(await render(totals.sum().metrics));
    expect(findSample(samples, 'r_total', { status: '200' })).toBe(30);
    expect(findSample(samples, 's_seconds_count', { p: 'x' })).toBe(30);
    expect(findSample(samples, 'active', {})).toBe(10);
    expect(totals.sum().cpuMicros).toBe(300);
  });
});

describe('the exposition', () => {
  it('names every instrument before anything happened', async () => {
    const text = await createExposition(createFakeClock(), 2)({ metrics: [], cpuMicros: 0 });
    for (const { name, kind } of Object.values(METRICS)) expect(text).toContain(`# TYPE ${name} ${kind}\n`);
    const samples = readSamples(text);
    expect(samples.find(({ name }) => name === 'llm_edge_build_info')).toMatchObject({
      labels: { version: expect.stringMatching(/^\d+\.\d+\.\d+/), runtime: 'node' },
      value: 1,
    });
    expect(findSample(samples, 'llm_edge_active_requests', {})).toBe(0);
    expect(findSample(samples, 'llm_edge_active_connections', {})).toBe(0);
  });
});

describe('the share of CPU time', () => {
  it('is of the time since the last question and of all cores', async () => {
    const clock = createFakeClock();
    const share = createCpuShare(clock, 2);
    await clock.advance(10_000);
    expect(share(5_000_000)).toBe(25);
    await clock.advance(5_000);
    expect(share(15_000_000)).toBe(100);
    await clock.advance(10);
    expect(share(15_000_500), 'too soon: as before').toBe(100);
    await clock.advance(9_990);
    expect(share(15_000_000)).toBe(0);
  });
});

describe('the reporter', () => {
  it('reports once for all that happened, and not while nothing happens', () => {
    vi.useFakeTimers();
    try {
      let reports = 0;
      const touch = createReporter(() => {
        reports += 1;
      });
      vi.advanceTimersByTime(10_000);
      expect(reports).toBe(0);
      for (let i = 0; i < 100; i += 1) touch();
      vi.advanceTimersByTime(250);
      expect(reports).toBe(1);
      touch();
      vi.advanceTimersByTime(249);
      expect(reports).toBe(1);
      vi.advanceTimersByTime(1);
      expect(reports).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
