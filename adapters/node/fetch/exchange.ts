import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { UpstreamFault, type UpstreamHeaders, type UpstreamReply } from '../../../src/ports/fetch.ts';
import { BodyQueue, type BodySource } from './body-queue.ts';
import { type BodySink, decoded, isIdentity } from './decode.ts';
import { toFault } from './faults.ts';

type Controller = Dispatcher.DispatchController;

/** One request on the wire: undici's handler on one side, the port's reply on the other. */
export class Exchange implements Dispatcher.DispatchHandler, BodySource {
  readonly reply: Promise<UpstreamReply>;
  readonly #signal: AbortSignal;
  #resolve!: (reply: UpstreamReply) => void;
  #reject!: (fault: UpstreamFault) => void;
  #controller: Controller | null = null;
  #body: BodySink | null = null;
  #fault: UpstreamFault | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  readonly #onAbort = (): void => {
    this.#break(new UpstreamFault('aborted', 'the caller gave up'));
    this.abort();
  };

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#fault !== null) controller.abort(this.#fault);
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // 1xx only announces the answer.
    if (status < 200) return;
    try {
      this.#resolve(this.#toReply(status, headers));
    } catch (error) {
      this.#break(toFault(error, 'before_headers'));
      this.abort();
    }
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    this.#body?.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#break(toFault(error, this.#body === null ? 'before_headers' : 'body'));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.#release();
    this.#controller?.abort(this.#fault ?? new UpstreamFault('aborted', 'nobody reads the answer'));
  }

  #break(fault: UpstreamFault): void {
    this.#release();
    this.#fault ??= fault;
    if (this.#body === null) this.#reject(this.#fault);
    else this.#body.fail(this.#fault);
  }

  /** The signal may outlive many exchanges. */
  #release(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #toReply(status: number, headers: IncomingHttpHeaders): UpstreamReply {
    const queue = this.#open(first(headers['content-encoding']));
    return {
      status,
      headers: toHeaders(headers),
      stream: (tap) => queue.stream(tap),
      collect: (maxBytes) =>
        queue.collect(
          maxBytes,
          () => new UpstreamFault('too_large', `the answer is larger than ${maxBytes} bytes`),
        ),
      discard: () => this.abort(),
    };
  }

  #open(encoding: string | null): BodyQueue {
    if (encoding === null || isIdentity(encoding)) {
      const queue = new BodyQueue(this);
      this.#body = queue;
      return queue;
    }
    const { sink, queue } = decoded(encoding, this);
    this.#body = sink;
    return queue;
  }
}

function first(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

/** Without what described the encoded body. */
function toHeaders(raw: IncomingHttpHeaders): UpstreamHeaders {
  const wasEncoded = !isIdentity(first(raw['content-encoding']));
  const hidden = (name: string): boolean =>
    wasEncoded && (name === 'content-encoding' || name === 'content-length');
  return {
    get: (name) => (hidden(name) ? null : first(raw[name])),
    forEach(visit) {
      for (const name in raw) {
        const value = first(raw[name]);
        if (value !== null && !hidden(name)) visit(value, name);
      }
    },
  };
}
