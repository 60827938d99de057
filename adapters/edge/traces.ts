import { METRICS } from '../../src/account/instruments.ts';
import type { StartConfig } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { createOtlpTraces, type OtlpTraces } from '../otlp-traces.ts';
import { VERSION } from '../version.ts';

/**
 * The traces of this isolate, to be flushed behind each answer. Null: nothing is traced. Not by @microlabs/otel-cf-workers: it
 * sends when the response returns, which loses every span that ends later, and streams end later.
 */
export function createEdgeTraces(
  { telemetry }: StartConfig,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): OtlpTraces | null {
  const { enableTracing, otlpEndpoint: endpoint } = telemetry;
  if (!enableTracing || endpoint === null) return null;
  const resource = {
    'service.name': 'llm-edge-agent',
    'service.version': VERSION,
    'cloud.platform': 'cloudflare.workers',
  };
  const onDropped = (spans: number) => metrics.add(METRICS.spansDropped, spans, []);
  return createOtlpTraces({ endpoint, resource, logger, onDropped });
}
