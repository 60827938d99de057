/**
 * The way out. A narrower contract than the global `fetch`, so that Node can fill it from a connection pool
 * without paying for `Request` and `Response`, and so that a driver is held to what the gateway relies on:
 * redirects are not followed, nothing is retried, `content-encoding` is already undone.
 */
export interface UpstreamRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  /** Abort closes the upstream connection within 100 ms, whatever phase the call is in. */
  readonly signal: AbortSignal;
}

export interface UpstreamReply {
  readonly status: number;
  readonly headers: UpstreamHeaders;
  /**
   * The body as it comes, with back-pressure down to the socket. It errors with an `UpstreamFault` when the
   * upstream breaks off, and cancelling it closes the connection. Use either this or `collect`, once.
   */
  stream(): ReadableStream<Uint8Array>;
  /**
   * The whole body.
   * @throws UpstreamFault `too_large` past `maxBytes`, `cut` when the upstream broke off.
   */
  collect(maxBytes: number): Promise<Uint8Array>;
  /** Give the connection up unread. */
  discard(): void;
}

export interface UpstreamHeaders {
  get(name: string): string | null;
  forEach(visit: (value: string, name: string) => void): void;
}

/**
 * @throws UpstreamFault when there is no answer to read.
 */
export type Fetch = (request: UpstreamRequest) => Promise<UpstreamReply>;

/** Closed set: it is also a metric label. */
export type FaultKind =
  | 'refused'
  | 'dns'
  | 'tls'
  | 'connect_timeout'
  | 'reset'
  | 'cut'
  | 'encoding'
  | 'too_large'
  | 'protocol'
  | 'aborted';

/** The network, not the provider, failed. `message` is for logs: it may name hosts, so clients never see it. */
export class UpstreamFault extends Error {
  readonly kind: FaultKind;
  constructor(kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamFault';
    this.kind = kind;
  }
}
