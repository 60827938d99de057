import { joinBytes } from '../bytes.ts';
import type { StreamTap } from '../ports/fetch.ts';

/** What the beginning of a stream tells: nothing yet; that there is an answer; that there will be none. */
export type Sign = 'nothing' | 'content' | 'failed';

export interface HoldingTapOptions {
  readonly inner: StreamTap;
  /** What the bytes tell that the client would get. */
  readonly watch: (bytes: Uint8Array) => Sign;
  /** Asked when the stream is over. `told`: it may have told of a failure itself; `broken`: `inner` says so in its place. */
  readonly ending: () => 'open' | 'whole' | 'told' | 'broken';
  /** The stream has told of its failure: what still comes is not worth a long wait. */
  readonly onFailing: () => void;
}

/** A beginning without content that is longer is none: it goes out as it is. */
const MAX_HELD_BYTES = 256 << 10;

/**
 * Keeps the beginning of a stream back until it is known whether there is an answer, so that another target can still be
 * asked. From then on the bytes pass as those of `inner`.
 */
export class HoldingTap implements StreamTap {
  /** True: the answer begins, or is all there. False: the stream is over, and what was held is all of it. */
  readonly opening: Promise<boolean>;
  readonly #open: (isAnswer: boolean) => void;
  readonly #options: HoldingTapOptions;
  /** Null: nothing is held any more. */
  #held: Uint8Array[] | null = [];
  #heldBytes = 0;
  #isOpen = false;
  #isFailing = false;

  constructor(options: HoldingTapOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.opening = promise;
    this.#open = resolve;
  }

  /** Nothing has come so far. */
  get isEmpty(): boolean {
    return this.#heldBytes === 0;
  }

  /** What is held, as one piece. */
  get held(): Uint8Array {
    return joinBytes(this.#held ?? []);
  }

  /** The answer begins now, whatever it has shown so far. What is held goes out with the next bytes. */
  open(): void {
    this.#isOpen = true;
    this.#open(true);
  }

  waiting(isWaiting: boolean): void {
    this.#options.inner.waiting(isWaiting);
  }

  chunk(bytes: Uint8Array): Uint8Array | null {
    const out = this.#options.inner.chunk(bytes);
    if (this.#held === null) return out;
    if (out !== null) this.#look(out);
    return this.#isOpen ? this.#release() : null;
  }

  end(): Uint8Array | null {
    return this.#over(this.#options.inner.end());
  }

  fail(fault: unknown): Uint8Array | null {
    return this.#over(this.#options.inner.fail(fault));
  }

  cancel(): void {
    this.#options.inner.cancel();
    this.#open(false);
  }

  #look(out: Uint8Array): void {
    this.#held?.push(out);
    this.#heldBytes += out.length;
    if (this.#isOpen || this.#isFailing) return;
    const sign = this.#options.watch(out);
    if (sign === 'failed') {
      this.#isFailing = true;
      this.#options.onFailing();
    } else if (sign === 'content' || this.#heldBytes > MAX_HELD_BYTES) this.open();
  }

  #over(last: Uint8Array | null): Uint8Array | null {
    if (this.#held === null) return last;
    const ending = this.#options.ending();
    if (last !== null && ending === 'broken') this.#held.push(last);
    else if (last !== null) this.#look(last);
    const isAnswer = this.#isOpen || (!this.#isFailing && ending === 'whole');
    this.#open(isAnswer);
    if (!isAnswer) return this.held;
    this.#isOpen = true;
    return this.#release();
  }

  #release(): Uint8Array {
    const { held } = this;
    this.#held = null;
    return held;
  }
}
