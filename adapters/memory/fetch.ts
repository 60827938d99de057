import { joinBytes } from '../../src/bytes.ts';
import {
  type Fetch,
  UpstreamFault,
  type UpstreamReply,
  type UpstreamRequest,
} from '../../src/ports/fetch.ts';
import { relay } from '../../src/streams/relay.ts';

export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An iterable that throws breaks the body off: an `UpstreamFault` passes, anything else becomes a `cut`. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** May throw an `UpstreamFault` for an upstream that gives no answer. */
export type FetchScript = (request: UpstreamRequest) => ScriptedReply | Promise<ScriptedReply>;

/** The way out without a network: `script` plays the upstream. For tests of stages, and for a sandbox. */
export function createScriptedFetch(script: FetchScript): Fetch {
  return async (request) => {
    const { signal } = request;
    if (signal.aborted) throw aborted();
    const reply = await beforeAbort(Promise.resolve(script(request)), signal);
    return createReply(reply, signal);
  };
}

function createReply(
  { status = 200, headers = {}, body = '' }: ScriptedReply,
  signal: AbortSignal,
): UpstreamReply {
  const stream = toStream(body, signal);
  return {
    status,
    headers: new Headers(headers),
    stream: (tap, start) => relay(stream, tap, start),
    collect: (maxBytes) => collect(stream, maxBytes),
    discard: () => void stream.cancel().catch(ignore),
  };
}

function toStream(body: NonNullable<ScriptedReply['body']>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const chunks = iterate(body);
  // What a script throws while it is being stopped has nobody left to hear it.
  const stop = () => chunks.return(undefined).then(ignore, ignore);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const onAbort = () => {
          controller.error(aborted());
          void stop();
        };
        signal.addEventListener('abort', onAbort, { once: true });
      },
      async pull(controller) {
        const { done, value } = await chunks.next().catch(breakOff);
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void stop(),
    },
    // Nothing is read ahead, so that a script sees the back-pressure of whoever reads.
    { highWaterMark: 0 },
  );
}

function breakOff(cause: unknown): never {
  throw cause instanceof UpstreamFault ? cause : new UpstreamFault('cut', 'the script broke off', { cause });
}

function ignore(): void {}

async function* iterate(body: NonNullable<ScriptedReply['body']>): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') yield new TextEncoder().encode(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (length > maxBytes) throw new UpstreamFault('too_large', `more than ${maxBytes} bytes`);
  }
  return joinBytes(chunks);
}

/** What `work` gives, or an `aborted` fault as soon as the signal fires. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted());
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function aborted(): UpstreamFault {
  return new UpstreamFault('aborted', 'the caller gave up');
}
