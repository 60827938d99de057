import { Redis } from '@upstash/redis/cloudflare';

export interface UpstashClientOptions {
  readonly url: string;
  readonly token: string;
  /** A request that takes longer is aborted. */
  readonly deadlineMs: number;
}

/** Upstash's REST API over `fetch`: what is stored comes back as the text it is, once tried, or not at all. */
export function createUpstashClient({ url, token, deadlineMs }: UpstashClientOptions): Redis {
  return new Redis({
    url,
    token,
    // `retry: false` means one more.
    retry: { retries: 0 },
    automaticDeserialization: false,
    // Answers would be base64 on the wire, beside what values are already, and keys and values are ASCII.
    responseEncoding: false,
    enableTelemetry: false,
    readYourWrites: false,
    // A keepalive request may hold no more than 64 KiB (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch).
    keepAlive: false,
    enableAutoPipelining: false,
    // Not the signal itself: the client takes the reason of a signal that fired for an answer.
    signal: () => AbortSignal.timeout(deadlineMs),
  });
}
