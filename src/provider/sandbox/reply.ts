import { joinBytes } from '../../bytes.ts';
import { UpstreamFault, type UpstreamReply } from '../../ports/fetch.ts';
import { relay } from '../../streams/relay.ts';
import { aborted } from './wait.ts';

export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes the body; every wait in it hears `stop`. */
export type OpenBody = (stop: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>;

/** An answer from memory that keeps the contract of one from the network: pulled, cancellable, deaf to nothing. */
export function createReply(head: ReplyHead, signal: AbortSignal, open: OpenBody): UpstreamReply {
  const stop = new AbortController();
  const source = open(stop.signal);
  const onAbort = (): void => stop.abort(aborted());
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  function finish(): void {
    signal.removeEventListener('abort', onAbort);
    stop.abort();
  }

  return {
    status: head.status,
    headers: new Headers(head.headers),
    stream: (tap, start) => relay(streamOf(source, stop.signal, finish), tap, start),
    collect: (maxBytes) => collect(source, maxBytes, finish),
    discard: finish,
  };
}

function streamOf(
  source: AsyncGenerator<Uint8Array, void, undefined>,
  stop: AbortSignal,
  finish: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Not only the wait: a stream that nobody pulls has to break as well. On a closed one this does nothing.
        const fail = (): void => controller.error(stop.reason);
        if (stop.aborted) fail();
        else stop.addEventListener('abort', fail, { once: true });
      },
      async pull(controller) {
        const { done, value } = await source.next();
        if (!done) return controller.enqueue(value);
        controller.close();
        finish();
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  );
}

async function collect(
  source: AsyncGenerator<Uint8Array, void, undefined>,
  maxBytes: number,
  finish: () => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes)
        throw new UpstreamFault('too_large', `the answer is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } finally {
    finish();
  }
  return joinBytes(chunks);
}
