import { METRICS } from '../../src/account/instruments.ts';
import type { StartConfig } from '../../src/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { createNoopTelemetry } from '../memory/telemetry.ts';
import { createOtlpTraces } from '../otlp-traces.ts';
import { VERSION } from '../version.ts';

export interface Traces {
  readonly telemetry: Telemetry;
  /** What waits is sent, and nothing more. */
  close(): Promise<void>;
}

const EVERY_MS = 1_000;

/** The traces of this process, sent once a second. */
export function createTraces(
  { telemetry }: StartConfig,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): Traces {
  const { enableTracing, otlpEndpoint: endpoint } = telemetry;
  if (!enableTracing || endpoint === null) return { telemetry: createNoopTelemetry(), close: async () => {} };
  const resource = {
    'service.name': 'llm-edge-agent',
    'service.version': VERSION,
    'service.instance.id': crypto.randomUUID(),
    'process.pid': String(process.pid),
  };
  const onDropped = (spans: number) => metrics.add(METRICS.spansDropped, spans, []);
  const traces = createOtlpTraces({ endpoint, resource, logger, onDropped });
  const timer = setInterval(() => void traces.flush(), EVERY_MS).unref();
  return {
    telemetry: traces,
    close() {
      clearInterval(timer);
      return traces.flush();
    },
  };
}
