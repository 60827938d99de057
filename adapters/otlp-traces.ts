import type { Logger } from '../src/ports/logger.ts';
import type { SpanAttributes, SpanData, Telemetry } from '../src/ports/telemetry.ts';
import { postOtlp } from './otlp-post.ts';

export interface OtlpTracesOptions {
  /** Of an OTLP receiver over HTTP; `/v1/traces` is added. */
  readonly endpoint: string;
  /** Who sends. */
  readonly resource: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Told how many spans could not be sent. */
  readonly onDropped: (spans: number) => void;
}

export interface OtlpTraces extends Telemetry {
  /** Sends what waits; resolves when it was sent or given up. Never rejects. */
  flush(): Promise<void>;
}

/** Spans that wait. What comes beyond is dropped and counted: a receiver that is away must not cost memory. */
const MAX_WAITING = 4_096;
const MAX_BATCH = 512;

/** Sends spans by OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
export function createOtlpTraces(options: OtlpTracesOptions): OtlpTraces {
  const { resource, logger, onDropped } = options;
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const waiting: SpanData[] = [];
  let sending: Promise<void> | null = null;

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH);
      try {
        await postOtlp(url, toOtlp(resource, batch));
      } catch (error) {
        onDropped(batch.length);
        const reason = error instanceof Error ? error.message : String(error);
        logger.log('warn', 'traces not sent', { spans: batch.length, error: reason });
        return;
      }
    }
  }

  return {
    record(spans) {
      if (waiting.length + spans.length > MAX_WAITING) onDropped(spans.length);
      else waiting.push(...spans);
    },
    flush() {
      sending ??= sendAll().finally(() => {
        sending = null;
      });
      return sending;
    },
  };
}

/** `SpanKind` and `StatusCode` of the protocol. */
const KINDS = { internal: 1, server: 2, client: 3 } as const;
const ERROR = 2;

function toOtlp(resource: Readonly<Record<string, string>>, spans: readonly SpanData[]): object {
  const scope = { name: 'llm-edge-agent' };
  const resourceSpans = {
    resource: { attributes: toAttributes(resource) },
    scopeSpans: [{ scope, spans: spans.map(toSpan) }],
  };
  return { resourceSpans: [resourceSpans] };
}

function toSpan({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind,
  startedAt,
  endedAt,
  attributes,
  error,
}: SpanData) {
  return {
    traceId,
    spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: toAttributes(attributes),
    ...(error === null ? {} : { status: { code: ERROR, message: error } }),
  };
}

function toAttributes(values: SpanAttributes): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: toValue(value) }));
}

function toValue(value: SpanAttributes[string]): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
}

/** Of milliseconds with parts; a number holds too few digits for it. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`;
}
