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
   * The body as it comes, through the tap if there is one, with back-pressure down to the socket. Without a tap it errors
   * with an `UpstreamFault` when the upstream breaks off. Cancelling it closes the connection. Use either this or
   * `collect`, once.
   */
  stream(tap?: StreamTap, start?: StreamStart): ReadableStream<Uint8Array>;
  /**
   * The whole body.
   * @throws UpstreamFault `too_large` past `maxBytes`, `cut` when the upstream broke off.
   */
  collect(maxBytes: number): Promise<Uint8Array>;
  /** Give the connection up unread. */
  discard(): void;
}

/**
 * When reading begins. Without it, with the first read of the consumer. `at-once`: before anybody reads, and on until the tap
 * has passed something on or the body has ended, which then waits for its reader.
 */
export type StreamStart = 'at-once';

/**
 * What stands between an upstream's bytes and whoever reads them. It is part of the port, not a stream of its own behind
 * it, because each further `ReadableStream` costs a tenth of what it takes to relay a chunk. Every method is called in
 * order, and exactly one of `end`, `fail` and `cancel`, once.
 */
export interface StreamTap {
  /** Bytes came; answers what to pass on now, null for nothing. */
  chunk(bytes: Uint8Array): Uint8Array | null;
  /** The upstream ended by itself; answers what to write before the end, null for nothing. */
  end(): Uint8Array | null;
  /** The upstream broke (an `UpstreamFault`); answers the last thing to write (it may be empty) before a clean end, or null to error the stream. */
  fail(fault: unknown): Uint8Array | null;
  /** The consumer has gone. */
  cancel(): void;
  /** True when the consumer begins to wait for the upstream, false when something came: the time between is the upstream's to answer for. */
  waiting(isWaiting: boolean): void;
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
