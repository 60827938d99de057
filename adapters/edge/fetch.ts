import {
  type Fetch,
  UpstreamFault,
  type UpstreamReply,
  type UpstreamRequest,
} from '../../src/ports/fetch.ts';
import { relay } from '../../src/streams/relay.ts';

/** The part of the platform's `fetch` that is used. */
type PlatformFetch = (url: string, init: RequestInit) => Promise<Response>;

/** The way out over the platform's `fetch`, which undoes content-encodings itself. */
export function createEdgeFetch(platformFetch: PlatformFetch = (url, init) => fetch(url, init)): Fetch {
  return async function edgeFetch(request) {
    const response = await start(platformFetch, request);
    return toReply(response, request.signal);
  };
}

async function start(
  platformFetch: PlatformFetch,
  { url, method, headers, body, signal }: UpstreamRequest,
): Promise<Response> {
  try {
    const init = { method, headers, signal, redirect: 'manual' as const };
    return await platformFetch(url, body === null ? init : { ...init, body: body as BodyInit });
  } catch (cause) {
    // The platform does not tell why a connection failed.
    throw toFault(cause, signal, 'reset');
  }
}

function toReply(response: Response, signal: AbortSignal): UpstreamReply {
  const { status, headers } = response;
  const body = () => response.body ?? emptyBody();
  return {
    status,
    headers,
    stream: (tap) => relay(body(), tap),
    collect: (maxBytes) => collect(body(), maxBytes, signal),
    discard: () => void response.body?.cancel().catch(() => {}),
  };
}

async function collect(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      throw toFault(cause, signal, 'cut');
    });
    if (done) return concat(chunks, size);
    size += value.length;
    if (size > maxBytes) {
      reader.cancel().catch(() => {});
      throw new UpstreamFault('too_large', `the answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
}

function toFault(cause: unknown, signal: AbortSignal, kind: 'reset' | 'cut'): UpstreamFault {
  if (signal.aborted) return new UpstreamFault('aborted', 'the caller gave up', { cause });
  return new UpstreamFault(kind, cause instanceof Error ? cause.message : String(cause), { cause });
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function emptyBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
