import { Agent, buildConnector, Pool } from 'undici';
import type { Fetch } from '../../src/ports/fetch.ts';
import { UpstreamCall } from './fetch/call.ts';
import { abortedFault, toFault } from './fetch/faults.ts';
import { PooledClient } from './fetch/pooled-client.ts';

export interface UndiciFetchOptions {
  /** Name lookup, TCP and TLS together. */
  readonly connectTimeoutMs: number;
}

export interface UndiciFetch {
  readonly fetch: Fetch;
  /** Calls under way end by themselves, new ones fail as `aborted`. Resolves when every connection is closed. */
  close(): Promise<void>;
}

/** Per origin and process; a stream holds one to its end. What is more waits in line, under its own deadlines. */
const CONNECTIONS_PER_ORIGIN = 1024;

const CLIENT = {
  // HTTP/1.1 only: over HTTP/2 one lost packet stalls every stream to a provider, and one reset ends them all.
  allowH2: false,
  pipelining: 1,
  // The gateway has deadlines of its own, to the millisecond and per phase.
  headersTimeout: 0,
  bodyTimeout: 0,
  // A server may close an idle connection just as we send. So we leave first: after 4 s, or 1 s before what the
  // server's `keep-alive: timeout=` promises.
  keepAliveTimeout: 4_000,
  keepAliveTimeoutThreshold: 1_000,
} as const;

/** Node's way out: undici's pools, driven by a handler of our own, with no `Request`, `Response` or Node stream. */
export function createUndiciFetch({ connectTimeoutMs }: UndiciFetchOptions): UndiciFetch {
  // undici sets TCP_NODELAY and keep-alive probes on every socket by itself.
  const connect = buildConnector({ allowH2: false, timeout: connectTimeoutMs, autoSelectFamily: true });
  const agent = new Agent({
    factory: (origin) =>
      new Pool(origin, {
        ...CLIENT,
        connect,
        connections: CONNECTIONS_PER_ORIGIN,
        factory: (url) => PooledClient.create(url, CLIENT, connect),
      }),
  });
  let closing: Promise<void> | null = null;
  return {
    fetch: (request) =>
      new Promise((resolve, reject) => {
        const { signal, body } = request;
        if (signal.aborted) return reject(abortedFault(signal));
        const address = addressOf(request.url);
        if (address === null)
          return reject(toFault(new TypeError('not a URL'), 'before_headers', request.url));
        const { origin, path } = address;
        agent.dispatch(
          {
            origin,
            path,
            method: request.method,
            headers: request.headers,
            body,
          },
          new UpstreamCall(origin, signal, resolve, reject),
        );
      }),
    close: () => (closing ??= agent.close()),
  };
}

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** Most calls go to one of a few endpoints, and taking a URL apart costs a microsecond and a half each time. */
const addresses = new Map<string, Address>();
const MAX_ADDRESSES = 256;

function addressOf(text: string): Address | null {
  const known = addresses.get(text);
  if (known !== undefined) return known;
  const url = URL.parse(text);
  if (url === null) return null;
  if (addresses.size >= MAX_ADDRESSES) addresses.clear();
  const address = { origin: url.origin, path: url.pathname + url.search };
  addresses.set(text, address);
  return address;
}
