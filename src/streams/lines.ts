export interface LineScannerOptions {
  /** Longest line that is looked at, in characters; default 1 Mi. */
  readonly maxLine?: number;
  /** A line was longer. Without it, such lines are passed over. */
  readonly onTooLong?: () => void;
}

/**
 * Cuts a byte stream into lines as the event-stream grammar has them (LF, CRLF or CR;
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream), across any
 * chunk borders and split UTF-8. It only reads: whoever relays the bytes passes them on untouched.
 */
export class LineScanner {
  readonly #onLine: (line: string) => void;
  readonly #maxLine: number;
  readonly #onTooLong: () => void;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #tooLong = false;
  /** The last chunk ended in CR, so a leading LF belongs to the same line end. */
  #afterCr = false;
  #atEventStart = true;

  constructor(
    onLine: (line: string) => void,
    { maxLine = 1 << 20, onTooLong = () => {} }: LineScannerOptions = {},
  ) {
    this.#onLine = onLine;
    this.#maxLine = maxLine;
    this.#onTooLong = onTooLong;
  }

  feed(chunk: Uint8Array): void {
    let text = this.#decoder.decode(chunk, { stream: true });
    if (this.#afterCr && text.length > 0) {
      this.#afterCr = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text.includes('\r')) text = this.#unifyLineEnds(text);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#emit(text.slice(start, end));
      start = end + 1;
    }
    if (start < text.length) this.#keep(start === 0 ? text : text.slice(start));
  }

  /** The stream has ended: a last line without a line end counts too. */
  flush(): void {
    if (this.#rest !== '' || this.#tooLong) this.#emit('');
  }

  /** True between events: an event written here starts clean. */
  get betweenEvents(): boolean {
    return this.#atEventStart && this.#rest === '' && !this.#tooLong;
  }

  #unifyLineEnds(text: string): string {
    this.#afterCr = text.endsWith('\r');
    return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  }

  #emit(tail: string): void {
    const line = this.#rest === '' ? tail : this.#rest + tail;
    const skip = this.#tooLong || line.length > this.#maxLine;
    this.#rest = '';
    this.#tooLong = false;
    this.#atEventStart = line === '' && !skip;
    if (skip) this.#onTooLong();
    else this.#onLine(line);
  }

  #keep(text: string): void {
    if (this.#tooLong) return;
    this.#rest += text;
    if (this.#rest.length <= this.#maxLine) return;
    this.#rest = '';
    this.#tooLong = true;
  }
}
