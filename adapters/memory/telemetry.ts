import type { SpanData, Telemetry } from '../../src/ports/telemetry.ts';

export interface MemoryTelemetry extends Telemetry {
  /** In the order in which they came. */
  readonly spans: readonly SpanData[];
}

/** Keeps the last spans. */
export function createMemoryTelemetry({
  maxSpans = 1_000,
}: {
  readonly maxSpans?: number;
} = {}): MemoryTelemetry {
  const spans: SpanData[] = [];
  return {
    spans,
    record(more) {
      spans.push(...more);
      spans.splice(0, Math.max(0, spans.length - maxSpans));
    },
  };
}

/** Keeps nothing. */
export function createNoopTelemetry(): Telemetry {
  return { record() {} };
}
