import type { ReplyFacts } from '../domain/reply-facts.ts';
import type { Usage } from '../domain/usage.ts';
import { type StreamTap, UpstreamFault } from '../ports/fetch.ts';
import { EventLines } from '../streams/event-lines.ts';
import { LineScanner } from '../streams/lines.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import { tokensOfLength, usageOfEnded } from '../usage/estimate.ts';
import { withServiceTier } from '../usage/service-tier.ts';
import type { ProviderError, StreamPart } from './hub/reply.ts';
import type { StreamReader, StreamWriter } from './hub/translator.ts';

export interface TranslatingTapOptions {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  /** What the client is told of a stream that broke off. */
  readonly broken: (fault: unknown) => ProviderError;
  readonly waiting: (isWaiting: boolean) => void;
  readonly onFirstByte: () => void;
  readonly onEnd: (end: StreamEnd, fault: unknown) => void;
}

/** Longest event that is translated, in characters: images come as one. A longer one breaks the stream, visibly. */
const MAX_EVENT = 32 << 20;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** A tap that puts the events of one dialect in place of those of another. */
export class TranslatingTap implements StreamTap {
  readonly #options: TranslatingTapOptions;
  readonly #lines: LineScanner;
  readonly #events: EventLines;
  #out = '';
  #state: 'open' | 'finished' | 'error_event' = 'open';
  #started = false;
  #usage: Usage | null = null;
  #output = 0;
  #facts: ReplyFacts = { id: null, model: null, finishReasons: [] };

  constructor(options: TranslatingTapOptions) {
    this.#options = options;
    this.#events = new EventLines((name, data) => this.#pass(options.reader.event(name, data)));
    this.#lines = new LineScanner((line) => this.#events.line(line), {
      maxLine: MAX_EVENT,
      onTooLong: () => {
        throw new UpstreamFault('too_large', 'an event of the stream is too long to be translated');
      },
    });
  }

  waiting(isWaiting: boolean): void {
    this.#options.waiting(isWaiting);
  }

  chunk(bytes: Uint8Array): Uint8Array | null {
    if (!this.#started) {
      this.#started = true;
      this.#options.onFirstByte();
    }
    this.#lines.feed(bytes);
    return this.#take();
  }

  end(): Uint8Array | null {
    this.#settle();
    if (this.#state === 'open') {
      return this.#break(new UpstreamFault('cut', 'the stream ended without its terminal event'));
    }
    return this.#over();
  }

  /** A break after the end is none: the provider had said all. */
  fail(fault: unknown): Uint8Array {
    if (!(fault instanceof UpstreamFault && fault.kind === 'too_large')) this.#settle();
    return this.#state === 'open' ? this.#break(fault) : (this.#over() ?? NOTHING);
  }

  cancel(): void {
    this.#options.onEnd(this.#state === 'open' ? 'cancelled' : this.#state, null);
  }

  /** What the stream used, however it ended. */
  usage(input: Usage): Usage {
    const finished = this.#state === 'finished';
    return usageOfEnded({ reported: this.#usage, finished, output: this.#output }, input);
  }

  facts(): ReplyFacts {
    return this.#facts;
  }

  #settle(): void {
    this.#lines.flush();
    this.#events.settle();
    this.#pass(this.#options.reader.end());
  }

  #over(): Uint8Array | null {
    this.#options.onEnd(this.#state === 'finished' ? 'finished' : 'error_event', null);
    return this.#take();
  }

  #break(fault: unknown): Uint8Array {
    this.#out += this.#options.writer.write({ type: 'error', error: this.#options.broken(fault) });
    this.#options.onEnd('cut', fault);
    return this.#take() ?? NOTHING;
  }

  #pass(parts: readonly StreamPart[]): void {
    for (const part of parts) {
      if (this.#state !== 'open') return;
      this.#note(part);
      this.#out += this.#options.writer.write(part);
    }
  }

  #note(part: StreamPart): void {
    switch (part.type) {
      case 'text_delta':
      case 'arguments_delta':
        this.#output += tokensOfLength(part.text.length);
        return;
      case 'start':
        this.#usage = part.usage;
        this.#facts = { id: part.id || null, model: part.model || null, finishReasons: [] };
        return;
      case 'finish':
        this.#usage = withServiceTier(part.usage ?? this.#usage, part.serviceTier);
        this.#facts = { ...this.#facts, finishReasons: [part.finish.reason] };
        this.#state = 'finished';
        return;
      case 'error':
        this.#state = 'error_event';
    }
  }

  #take(): Uint8Array | null {
    if (this.#out === '') return null;
    const bytes = encoder.encode(this.#out);
    this.#out = '';
    return bytes;
  }
}
