import { joinBytes } from '../bytes.ts';

const LF = 10;
const CR = 13;

/** More than any event that is ever hidden. */
const MAX_HELD = 64 * 1024;

/**
 * Groups a byte stream into whole events, each with the blank line that ends it. Used only where an event may
 * have to be hidden, since it holds back the bytes of an event until its end has come.
 */
export class EventFramer {
  #held: Uint8Array = new Uint8Array(0);
  /** Where the search goes on: everything before was looked at. */
  #searched = 0;
  /** An event that outgrew the bound passes piecewise up to its end. */
  #passing = false;
  readonly #maxHeld: number;

  /** @param maxHeld bytes of an event; one that is longer passes on without waiting for its end. */
  constructor(maxHeld = MAX_HELD) {
    this.#maxHeld = maxHeld;
  }

  /** The events that are complete now, as views on memory that is not reused; `whole` is false for a piece. */
  *push(chunk: Uint8Array): Generator<{ bytes: Uint8Array; whole: boolean }> {
    this.#held = this.#held.length === 0 ? chunk : joinBytes([this.#held, chunk]);
    let start = 0;
    for (let end = this.#nextEnd(start); end !== -1; end = this.#nextEnd(start)) {
      yield { bytes: this.#held.subarray(start, end), whole: !this.#passing };
      this.#passing = false;
      start = end;
      this.#searched = end;
    }
    if (start > 0) this.#drop(start);
    if (this.#held.length > this.#maxHeld) {
      this.#passing = true;
      yield { bytes: this.#takeAllButLineEnd(), whole: false };
    }
  }

  /** What is left when the stream ends: an event without its blank line. */
  rest(): Uint8Array {
    const rest = this.#held;
    this.#drop(rest.length);
    return rest;
  }

  /** Index behind the next blank line at or after `from`, -1 when it has not come. */
  #nextEnd(from: number): number {
    const bytes = this.#held;
    for (let i = Math.max(from, this.#searched); i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) continue;
      const next = byte === CR && bytes[i + 1] === LF ? i + 2 : i + 1;
      // A CR at the very end may be half of a CRLF: wait for one more byte.
      if (next >= bytes.length || (byte === CR && i + 1 === bytes.length)) return this.#pause(i);
      if (bytes[next] === LF) return next + 1;
      if (bytes[next] !== CR) continue;
      if (next + 1 === bytes.length) return this.#pause(i);
      return bytes[next + 1] === LF ? next + 2 : next + 1;
    }
    return this.#pause(bytes.length);
  }

  #pause(at: number): -1 {
    this.#searched = at;
    return -1;
  }

  #drop(count: number): void {
    this.#held = this.#held.subarray(count);
    this.#searched = Math.max(0, this.#searched - count);
  }

  /** A line end at the end stays, or the blank line that it begins would go unseen. */
  #takeAllButLineEnd(): Uint8Array {
    let end = this.#held.length;
    while (end > 0 && (this.#held[end - 1] === LF || this.#held[end - 1] === CR)) end--;
    const piece = this.#held.subarray(0, end);
    this.#drop(end);
    return piece;
  }
}
