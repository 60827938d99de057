/** W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Where a request stands in its trace. */
export interface RequestTrace extends TraceContext {
  /** The caller's span; null: the trace begins here. */
  readonly parentSpanId: string | null;
}
