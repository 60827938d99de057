export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Span {
  /** W3C Trace Context value to send to the next hop; null when nothing is traced. */
  readonly traceparent: string | null;
  set(attributes: SpanAttributes): void;
  /** Ends the span once; later calls do nothing. `error` is a low-cardinality `error.type`. */
  end(error?: string): void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** `traceparent` of the caller, or the parent span. */
  readonly parent: Span | string | null;
  readonly attributes: SpanAttributes;
}

/** Traces (https://www.w3.org/TR/trace-context/). Drivers never throw. */
export interface Telemetry {
  start(span: SpanStart): Span;
}
