import { joinBytes } from '../bytes.ts';
import { EventFramer } from './events.ts';

/** Lets whole events pass but for those that are to be hidden. */
export class HidingFilter {
  readonly #hide: (data: string) => boolean;
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #framer = new EventFramer();
  readonly #decoder = new TextDecoder();

  /**
   * @param hide true for the data of an event that is not to pass
   * @param onBytes told everything, hidden or not, event by event
   */
  constructor(hide: (data: string) => boolean, onBytes: (bytes: Uint8Array) => void = () => {}) {
    this.#hide = hide;
    this.#onBytes = onBytes;
  }

  /** What may pass now; null for nothing. */
  chunk(bytes: Uint8Array): Uint8Array | null {
    let out: Uint8Array | null = null;
    for (const event of this.#framer.push(bytes)) {
      this.#onBytes(event.bytes);
      if (!event.whole || !this.#hidden(event.bytes))
        out = out === null ? event.bytes : joinBytes([out, event.bytes]);
    }
    return out;
  }

  /** What is left at the end: an event without its blank line. */
  rest(): Uint8Array | null {
    const rest = this.#framer.rest();
    if (rest.length === 0) return null;
    this.#onBytes(rest);
    return this.#hidden(rest) ? null : rest;
  }

  #hidden(event: Uint8Array): boolean {
    const text = this.#decoder.decode(event).trim();
    return text.startsWith('data:') && !text.includes('\n') && this.#hide(text.slice(5).trim());
  }
}
