export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A span that is over. */
export interface SpanData {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** Milliseconds since the epoch, with parts of them where the clock has any. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: SpanAttributes;
  /** A low-cardinality `error.type`; null: it went well. */
  readonly error: string | null;
}

/**
 * Where spans go. A request's spans come together, when it is over: what is kept of it is decided by how it ended. Never
 * throws, never waits for the receiver, and keeps no more than it can send soon.
 */
export interface Telemetry {
  record(spans: readonly SpanData[]): void;
}
