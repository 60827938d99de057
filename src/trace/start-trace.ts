import type { TelemetryConfig } from '../config/config.ts';
import type { HeaderReader } from '../domain/call.ts';
import type { RequestTrace } from '../domain/trace.ts';
import { parseTraceparent } from './traceparent.ts';

/** Hex digits of random bytes. */
export type RandomHex = (bytes: number) => string;

/** Null: nothing is traced. */
export type StartTrace = (headers: HeaderReader) => RequestTrace | null;

/** Goes on with the caller's trace, and with its choice to sample; else begins one, and samples so many in a hundred. */
export function createStartTrace(
  { enableTracing, sampleRatio }: Pick<TelemetryConfig, 'enableTracing' | 'sampleRatio'>,
  hex: RandomHex,
): StartTrace {
  if (!enableTracing) return () => null;
  return function startTrace(headers) {
    const header = headers.get('traceparent');
    const parent = header === null ? null : parseTraceparent(header);
    const spanId = hex(8);
    if (parent !== null) return { ...parent, spanId, parentSpanId: parent.spanId };
    const traceId = hex(16);
    return { traceId, spanId, parentSpanId: null, sampled: isWithin(traceId, sampleRatio) };
  };
}

/** Another span of the same trace, below this one. */
export function spanBelow(above: RequestTrace): RequestTrace {
  return { ...above, spanId: randomHex(8), parentSpanId: above.spanId };
}

/** By the id, so that all who see the trace choose alike (OpenTelemetry's TraceIdRatioBased). */
function isWithin(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < ratio * 2 ** 32;
}

export const randomHex: RandomHex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
