import { joinBytes } from '../../src/bytes.ts';
import {
  type FaultKind,
  type Fetch,
  type StreamTap,
  UpstreamFault,
  type UpstreamHeaders,
  type UpstreamReply,
  type UpstreamRequest,
} from '../../src/ports/fetch.ts';
import { relay } from '../../src/streams/relay.ts';

/** The part of the platform's `fetch` that is used. */
type PlatformFetch = (url: string, init: RequestInit) => Promise<Response>;
type Bytes = ReadableStream<Uint8Array>;
type ToFault = (cause: unknown) => UpstreamFault;

/** What workerd undoes by itself; Node undoes more, but cannot be asked what it undid. */
const UNDONE = new Set(['gzip', 'br']);
const OF_THE_WIRE = new Set(['content-encoding', 'content-length']);

/** The way out over the platform's `fetch`, which pools connections and undoes content-encodings itself. */
export function createEdgeFetch(platformFetch: PlatformFetch = (url, init) => fetch(url, init)): Fetch {
  return async function edgeFetch(request) {
    const { signal } = request;
    const response = await start(platformFetch, request);
    const encoding = response.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
    const encoded = encoding !== '' && encoding !== 'identity';
    if (encoded && !UNDONE.has(encoding)) {
      giveUp(response.body);
      throw new UpstreamFault('encoding', `unknown content-encoding "${encoding}"`);
    }
    return toReply(response, encoded, (cause) => bodyFault(cause, signal, encoded));
  };
}

async function start(platformFetch: PlatformFetch, request: UpstreamRequest): Promise<Response> {
  const { url, method, headers, body, signal } = request;
  if (signal.aborted) throw aborted(signal.reason);
  try {
    const init = { method, headers, signal, redirect: 'manual' as const };
    return await platformFetch(url, body === null ? init : { ...init, body: body as BodyInit });
  } catch (cause) {
    throw signal.aborted ? aborted(cause) : fault(connectKind(cause), cause);
  }
}

function toReply(response: Response, encoded: boolean, toFault: ToFault): UpstreamReply {
  const open = (): Bytes => response.body ?? new Blob([]).stream();
  return {
    status: response.status,
    headers: encoded ? withoutWire(response.headers) : response.headers,
    stream: (tap, start) =>
      tap === undefined ? naming(open(), toFault) : relay(open(), tapped(tap, toFault), start),
    collect: (maxBytes) => collect(open(), maxBytes, toFault),
    discard: () => giveUp(response.body),
  };
}

function withoutWire(headers: Headers): UpstreamHeaders {
  return {
    get: (name) => (OF_THE_WIRE.has(name.toLowerCase()) ? null : headers.get(name)),
    forEach: (visit) =>
      headers.forEach((value, name) => {
        if (!OF_THE_WIRE.has(name)) visit(value, name);
      }),
  };
}

/**
 * The tap reads each chunk anyway, so naming the fault there costs nothing per chunk. Cancelling also ends the read that
 * waits, which the tap, having been told once, must not hear of again.
 */
function tapped(tap: StreamTap, toFault: ToFault): StreamTap {
  let cancelled = false;
  return {
    chunk: (bytes) => tap.chunk(bytes),
    end: () => (cancelled ? null : tap.end()),
    fail: (cause) => (cancelled ? null : tap.fail(toFault(cause))),
    cancel() {
      cancelled = true;
      tap.cancel();
    },
    waiting: (isWaiting) => tap.waiting(isWaiting),
  };
}

/**
 * A body whose errors are faults. That takes a hop in JavaScript for every chunk, as no native pipe renames an error; the
 * gateway's own streams all have a tap and do not come this way.
 */
function naming(body: Bytes, toFault: ToFault): Bytes {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        reader.read().then(
          ({ done, value }) => (done ? controller.close() : controller.enqueue(value)),
          (cause) => controller.error(toFault(cause)),
        ),
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function collect(body: Bytes, maxBytes: number, toFault: ToFault): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      throw toFault(cause);
    });
    if (done) return joinBytes(chunks);
    size += value.length;
    if (size > maxBytes) {
      reader.cancel().catch(() => {});
      throw new UpstreamFault('too_large', `the body is over ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
}

function giveUp(body: Bytes | null): void {
  body?.cancel().catch(() => {});
}

function bodyFault(cause: unknown, signal: AbortSignal, encoded: boolean): UpstreamFault {
  if (cause instanceof UpstreamFault) return cause;
  if (signal.aborted) return aborted(cause);
  const text = textOf(cause);
  if (encoded && /Z_|zlib|gzip|brotli|decompress/i.test(text)) return fault('encoding', cause);
  return fault(NOT_HTTP.test(text) && !/\bEOF\b/.test(text) ? 'protocol' : 'cut', cause);
}

function aborted(cause: unknown): UpstreamFault {
  return new UpstreamFault('aborted', 'the caller gave up', { cause });
}

function fault(kind: FaultKind, cause: unknown): UpstreamFault {
  return new UpstreamFault(kind, textOf(cause), { cause });
}

const NOT_HTTP = /HTTP\/1\.1 protocol/i;

/** Platforms tell why a connection failed in words only, workerd in its message and Node in that of the cause. */
const CONNECT_KINDS: readonly (readonly [RegExp, FaultKind])[] = [
  [/refused|unreachable/i, 'refused'],
  [/dns|ENOTFOUND|EAI_/i, 'dns'],
  [/certificate|CERT_|\btls\b|\bssl\b|ERR_SSL|EPROTO/i, 'tls'],
  [/connect timeout|ETIMEDOUT/i, 'connect_timeout'],
  [NOT_HTTP, 'protocol'],
  [/HEADERS_OVERFLOW|LENGTH_MISMATCH|parse URL|invalid URL|invalid header/i, 'protocol'],
];

function connectKind(cause: unknown): FaultKind {
  const text = textOf(cause);
  return CONNECT_KINDS.find(([words]) => words.test(text))?.[1] ?? 'reset';
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? ` ${String(error.code)}` : '';
  const cause = error.cause === undefined ? '' : `: ${textOf(error.cause)}`;
  return `${error.message}${code}${cause}`;
}
