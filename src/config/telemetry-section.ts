import * as z from 'zod';
import type { TelemetryConfig } from './config.ts';
import type { Findings } from './faults.ts';
import { setting } from './setting.ts';
import * as v from './values.ts';

/** Traces, and metrics of Workers: docs/observability.md. */
export const telemetry = z.strictObject({
  enable_tracing: setting(v.flag().default(false), {
    env: 'ENABLE_TRACING',
    type: 'boolean',
    what: 'Send OpenTelemetry traces to `OTLP_ENDPOINT`.',
  }),
  otlp_endpoint: setting(v.httpUrl().nullable().default(null), {
    env: 'OTLP_ENDPOINT',
    type: 'URL',
    what: 'A receiver of OTLP over HTTP, such as `http://jaeger:4318`: for traces, and at the edge for metrics.',
    unset: 'none',
  }),
  trace_sample_ratio: setting(v.decimal(0, 1).default(1), {
    env: 'TRACE_SAMPLE_RATIO',
    type: 'number from 0 to 1',
    what: "Share of the traces that begin here which are kept. A caller's choice goes before it; failed and slow requests are kept whatever it says.",
  }),
  trace_slow_ms: setting(v.millis().default(10_000), {
    env: 'TRACE_SLOW_MS',
    type: 'milliseconds',
    what: 'Requests that take at least as long are slow.',
  }),
  trace_legacy_names: setting(v.flag().default(false), {
    env: 'TRACE_LEGACY_NAMES',
    type: 'boolean',
    what: 'Add the attribute names of older OpenTelemetry conventions (`gen_ai.system`, `gen_ai.usage.prompt_tokens`, …).',
  }),
  trace_content: setting(v.flag().default(false), {
    env: 'TRACE_CONTENT',
    type: 'boolean',
    what: 'Put what was said into the spans, with personal data and keys masked. **Whoever sees the traces then reads along.**',
  }),
});

export function toTelemetry(settings: z.output<typeof telemetry>, { warnings }: Findings): TelemetryConfig {
  const { enable_tracing: enableTracing, otlp_endpoint: otlpEndpoint } = settings;
  if (enableTracing && otlpEndpoint === null)
    warnings.push('ENABLE_TRACING has no effect, since OTLP_ENDPOINT does not say where traces go');
  return {
    enableTracing: enableTracing && otlpEndpoint !== null,
    otlpEndpoint,
    sampleRatio: settings.trace_sample_ratio,
    slowMs: settings.trace_slow_ms,
    legacyNames: settings.trace_legacy_names,
    content: settings.trace_content && enableTracing && otlpEndpoint !== null,
  };
}
