import type { FailureClass, StreamEnding } from '../domain/outcome.ts';
import type { Usage } from '../domain/usage.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import { faultError } from '../provider/send.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import type { OnOver } from './given.ts';
import type { Try } from './try.ts';

interface Over {
  readonly end: StreamEnd;
  readonly error: GatewayError | null;
}

export interface StreamRunOptions {
  readonly tried: Try;
  readonly idleMs: number;
  /** What was used, asked at the end; null: nobody can tell. */
  readonly usage: () => Usage | null;
  /** Why a stream gave no answer, where that is not for its end to say; null: there is nothing to say. */
  readonly refusal?: (end: StreamEnd) => FailureClass | null;
}

/** A stream of a provider from its first byte to its end: what its tap reports, and who hears of it. */
export class StreamRun {
  /** How it went on. Never rejects. */
  readonly ended: Promise<StreamEnding>;
  readonly #end: (ending: StreamEnding) => void;
  readonly #options: StreamRunOptions;
  #over: Over | null = null;
  #onOver: OnOver | null = null;
  /** The client waits for its first content: another deadline than that between two events counts. */
  #isHeld = false;
  #isWaiting = false;
  #waitsSince = 0;
  #longestPauseMs = 0;

  constructor(options: StreamRunOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<StreamEnding>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** How it ended; null: it goes on. */
  get over(): Over | null {
    return this.#over;
  }

  get ending(): 'open' | 'whole' | 'told' | 'broken' {
    switch (this.#over?.end) {
      case 'finished':
        return 'whole';
      case 'error_event':
        return 'told';
      case 'cut':
        return 'broken';
      default:
        return 'open';
    }
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** There is an answer. */
  letGo(): void {
    this.#isHeld = false;
    this.#options.tried.firstByte();
    if (this.#over === null) this.#pass(this.#isWaiting);
  }

  /** The client gets it. */
  accept(onOver: OnOver): void {
    this.#onOver = onOver;
    if (this.#over !== null) onOver(this.#over.end, this.#over.error);
  }

  readonly waiting = (isWaiting: boolean): void => {
    this.#isWaiting = isWaiting;
    if (!this.#isHeld && this.#options.tried.record.firstByteAt !== null) this.#pass(isWaiting);
  };

  #pass(isWaiting: boolean): void {
    const { tried, idleMs } = this.#options;
    if (isWaiting) {
      this.#waitsSince = tried.now;
      tried.scope.awaitNext(idleMs);
    } else {
      this.#longestPauseMs = Math.max(this.#longestPauseMs, tried.now - this.#waitsSince);
      tried.scope.rest();
    }
  }

  readonly onFirstByte = (): void => this.#options.tried.firstByte();

  readonly onEnd = (end: StreamEnd, fault: unknown): void => {
    if (this.#over !== null) return;
    const { tried } = this.#options;
    const { provider } = tried.record.target;
    const error = fault === null ? null : faultError(fault, provider, tried.scope.signal);
    this.#over = { end, error };
    this.#charge(end);
    tried.end(this.#nameOf(end, error));
    this.#onOver?.(end, error);
    this.#end({ broke: this.#classOf(end, error), longestPauseMs: this.#longestPauseMs });
  };

  /** An error in the place of an answer is a refusal, which nobody charges for. */
  #charge(end: StreamEnd): void {
    const { tried, usage } = this.#options;
    if (this.#isHeld && end === 'error_event') {
      tried.free();
      return;
    }
    const used = usage();
    if (used !== null) tried.charge(used);
  }

  #classOf(end: StreamEnd, error: GatewayError | null): FailureClass | null {
    const told = this.#refusal(end);
    if (told !== null) return told;
    if (error !== null) return this.#options.tried.classOf(error);
    if (end === 'finished') return null;
    return end === 'cancelled' ? 'cancelled' : 'provider_error';
  }

  #refusal(end: StreamEnd): FailureClass | null {
    return end === 'cancelled' ? null : (this.#options.refusal?.(end) ?? null);
  }

  #nameOf(end: StreamEnd, error: GatewayError | null): string {
    if (error !== null && this.#refusal(end) === null) return this.#options.tried.nameOf(error);
    // The client left, but for a stream that it never got.
    if (end === 'cancelled' && this.#onOver !== null) return 'client_closed';
    return this.#classOf(end, error) ?? 'ok';
  }
}
