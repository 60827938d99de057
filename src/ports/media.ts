/**
 * Gets a file that a client only gave the URL of, for providers that take no URLs. The client chooses the host, which
 * nothing else in the gateway lets it do, so a driver holds to all of this: http or https on their usual ports; no
 * credentials in the URL; every address that the host stands for is a public one, and it is a checked address that is
 * connected to; redirects are not followed; the answer is 200 with an image, a PDF or plain text; all within a time.
 *
 * @throws MediaFault
 */
export type FetchMedia = (url: string, budget: ByteBudget, signal: AbortSignal) => Promise<Media>;

export interface Media {
  /** Lower case, without parameters: `image/png`. */
  readonly mediaType: string;
  /** Encoded by the driver, since a runtime's own encoder is ten times as fast as one over `btoa`. */
  readonly base64: string;
}

/** What may still be read, by all fetches that share it: each takes what it reads away, as it comes. */
export interface ByteBudget {
  left: number;
}

/**
 * Closed set. `bad_url`: no URL, or one of another scheme or port, or with credentials. `not_public`: it leads to an address
 * that is not on the public internet. `unreachable`: no such host, no connection, or one that broke. `bad_status`: the
 * server answered, but not 200.
 */
export type MediaFaultKind =
  | 'bad_url'
  | 'not_public'
  | 'unreachable'
  | 'redirect'
  | 'bad_status'
  | 'wrong_type'
  | 'too_large'
  | 'timeout'
  | 'aborted';

/** `message` is for logs: it may name the host, but never holds a path or a query, which may be a signature. */
export class MediaFault extends Error {
  readonly kind: MediaFaultKind;
  constructor(kind: MediaFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MediaFault';
    this.kind = kind;
  }
}
