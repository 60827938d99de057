import { METRICS } from '../../../src/account/instruments.ts';
import type { StartConfig } from '../../../src/index.ts';
import { VERSION } from '../../version.ts';
import { createMetricsPush, type MetricsPushOptions, type PushMetrics } from './push.ts';

export interface WorkerPushDeps extends Pick<MetricsPushOptions, 'metrics' | 'clock' | 'logger'> {
  /** What the cache of this isolate holds. */
  readonly cacheSize: () => { readonly entries: number; readonly bytes: number };
}

/** The push of an isolate as it is configured; without a receiver it does nothing. */
export function createWorkerPush(
  { server, telemetry }: StartConfig,
  { cacheSize, ...deps }: WorkerPushDeps,
): PushMetrics {
  const endpoint = telemetry.otlpEndpoint;
  if (endpoint === null || !server.enableMetrics) return async () => {};
  const { metrics } = deps;
  metrics.set(METRICS.buildInfo, 1, [VERSION, 'edge']);
  return createMetricsPush({
    ...deps,
    endpoint,
    resource: {
      'service.name': 'llm-edge-agent',
      'service.version': VERSION,
      'service.instance.id': crypto.randomUUID(),
    },
    read() {
      const { entries, bytes } = cacheSize();
      metrics.set(METRICS.cacheEntries, entries, ['l1']);
      metrics.set(METRICS.cacheBytes, bytes, ['l1']);
    },
  });
}
