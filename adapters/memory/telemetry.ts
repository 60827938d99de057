import type { Clock } from '../../src/ports/clock.ts';
import type { Span, SpanAttributes, SpanStart, Telemetry } from '../../src/ports/telemetry.ts';
import { toHex } from './hash.ts';
import { formatTraceparent, parseTraceparent, type TraceContext } from './traceparent.ts';

export interface MemoryTelemetryOptions {
  readonly clock: Clock;
  /** Older spans are forgotten. */
  readonly maxSpans?: number;
}

export interface RecordedSpan extends TraceContext {
  readonly name: string;
  readonly kind: SpanStart['kind'];
  readonly parentSpanId: string | null;
  readonly attributes: SpanAttributes;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly error: string | null;
}

export interface MemoryTelemetry extends Telemetry {
  /** In the order of their starts. */
  readonly spans: readonly RecordedSpan[];
}

export function createMemoryTelemetry({ clock, maxSpans = 1_000 }: MemoryTelemetryOptions): MemoryTelemetry {
  const spans: RecordedSpan[] = [];
  return {
    spans,
    start(start) {
      const span = record(start, clock);
      spans.push(span);
      if (spans.length > maxSpans) spans.shift();
      return handle(span, clock);
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function record({ name, kind, parent, attributes }: SpanStart, clock: Clock): Mutable<RecordedSpan> {
  const context = parentContext(parent);
  return {
    name,
    kind,
    traceId: context?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    parentSpanId: context?.spanId ?? null,
    sampled: context?.sampled ?? true,
    attributes: { ...attributes },
    startedAt: clock.now(),
    endedAt: null,
    error: null,
  };
}

function handle(span: Mutable<RecordedSpan>, clock: Clock): Span {
  return {
    traceparent: formatTraceparent(span),
    set(attributes) {
      if (span.endedAt === null) span.attributes = { ...span.attributes, ...attributes };
    },
    end(error) {
      if (span.endedAt !== null) return;
      span.endedAt = clock.now();
      span.error = error ?? null;
    },
  };
}

/** Records nothing. A caller's trace goes on to the next hop as it came: others may be tracing it. */
export function createNoopTelemetry(): Telemetry {
  const untraced = noopSpan(null);
  return {
    start({ parent }) {
      if (parent === null) return untraced;
      if (typeof parent !== 'string')
        return parent.traceparent === null ? untraced : noopSpan(parent.traceparent);
      return parseTraceparent(parent) === null ? untraced : noopSpan(parent);
    },
  };
}

function noopSpan(traceparent: string | null): Span {
  return { traceparent, set() {}, end() {} };
}

function parentContext(parent: Span | string | null): TraceContext | null {
  const header = typeof parent === 'string' ? parent : (parent?.traceparent ?? null);
  return header === null ? null : parseTraceparent(header);
}

function randomHex(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}
