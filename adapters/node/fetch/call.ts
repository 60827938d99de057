import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { UpstreamReply } from '../../../src/ports/fetch.ts';
import { UpstreamBody } from './body.ts';
import type { ConnectAttempt } from './connect-attempt.ts';
import { Decoder, encodingOf } from './decoder.ts';
import { abortedFault, toFault } from './faults.ts';
import type { BodySink, BodySource } from './flow.ts';
import { ReplyHeaders } from './headers.ts';

type Controller = Dispatcher.DispatchController;

/** One call, as undici's handler, as the listener of its signal and as the source of its body. */
export class UpstreamCall implements Dispatcher.DispatchHandler, BodySource {
  /** The connection has been given back or closed, or is never to be had. */
  over = false;
  readonly #origin: string;
  readonly #signal: AbortSignal;
  readonly #resolve: (reply: UpstreamReply) => void;
  readonly #reject: (fault: Error) => void;
  #attempt: ConnectAttempt | null = null;
  #controller: Controller | null = null;
  #sink: BodySink | null = null;

  constructor(
    origin: string,
    signal: AbortSignal,
    resolve: (reply: UpstreamReply) => void,
    reject: (fault: Error) => void,
  ) {
    this.#origin = origin;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this);
  }

  /** A client has taken the call, and may have to connect first. */
  enter(attempt: ConnectAttempt): void {
    this.#attempt = attempt;
  }

  /** The signal fired. */
  handleEvent(): void {
    const fault = abortedFault(this.#signal);
    this.#close(fault);
    this.#fail(fault);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.over) controller.abort(abortedFault(this.#signal));
  }

  onResponseStart(_: Controller, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    const encoding = encodingOf(headers['content-encoding']);
    const sink = encoding === null ? new UpstreamBody(this) : new Decoder(encoding, this);
    const body = sink instanceof Decoder ? sink.body : sink;
    this.#sink = sink;
    this.#resolve({
      status,
      headers: new ReplyHeaders(headers, encoding !== null),
      stream: (tap, start) => body.stream(tap, start),
      collect: (maxBytes) => body.collect(maxBytes),
      discard: () => body.stop(),
    });
  }

  onResponseData(_: Controller, bytes: Buffer): void {
    this.#sink?.push(bytes);
  }

  onResponseEnd(): void {
    this.#release();
    this.#sink?.end();
  }

  onResponseError(_: Controller | null, error: Error): void {
    if (this.over) return;
    this.#release();
    this.#fail(toFault(error, this.#sink === null ? 'before_headers' : 'body', this.#origin));
  }

  pause(): void {
    if (!this.over) this.#controller?.pause();
  }

  resume(): void {
    if (!this.over) this.#controller?.resume();
  }

  stop(reason: Error): void {
    if (!this.over) this.#close(reason);
  }

  #close(reason: Error): void {
    this.#release();
    if (this.#controller !== null) this.#controller.abort(reason);
    else this.#attempt?.abandon(reason);
  }

  #release(): void {
    this.over = true;
    this.#signal.removeEventListener('abort', this);
  }

  #fail(fault: ReturnType<typeof toFault>): void {
    if (this.#sink !== null) this.#sink.fail(fault);
    else this.#reject(fault);
  }
}
