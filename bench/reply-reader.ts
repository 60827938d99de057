/** Reads one HTTP/1.1 reply after the other from a keep-alive connection: only what the load client needs. */

type Phase = 'head' | 'sized' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'complete';

const CRLF = '\r\n';

export class ReplyReader {
  status = 0;
  /** What the gateway says of its cache; empty where there is none. */
  cache = '';
  readonly #onBody: (bytes: Buffer) => void;
  #phase: Phase = 'head';
  #held = '';
  #left = 0;

  /** @param onBody gets the body without its transfer coding, piece by piece. */
  constructor(onBody: (bytes: Buffer) => void) {
    this.#onBody = onBody;
  }

  /** Forgets the reply that was read; the next bytes begin another. */
  reset(): void {
    this.status = 0;
    this.cache = '';
    this.#phase = 'head';
    this.#held = '';
  }

  /**
   * Takes the bytes of one read. True when the reply is complete.
   * @throws Error when they are not HTTP, or follow a complete reply.
   */
  push(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length) at = this.#step(bytes, at);
    return this.#phase === 'complete';
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#phase) {
      case 'sized':
      case 'chunk-data':
        return this.#body(bytes, at);
      case 'complete':
        throw new Error('bytes after the end of a reply');
      default:
        return this.#text(bytes, at);
    }
  }

  #body(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#onBody(bytes.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0) this.#phase = this.#phase === 'sized' ? 'complete' : 'chunk-end';
    return end;
  }

  /** A line, or the whole head: everything that ends in CRLF. */
  #text(bytes: Buffer, at: number): number {
    const stop = this.#phase === 'head' ? CRLF + CRLF : CRLF;
    const before = this.#held.length;
    // A stop mark may lie across two reads, so it is sought in what was held plus what came.
    const text = this.#held + bytes.toString('latin1', at);
    const found = text.indexOf(stop);
    if (found === -1) {
      this.#held = text;
      return bytes.length;
    }
    this.#held = '';
    this.#line(text.slice(0, found));
    return at + found + stop.length - before;
  }

  #line(line: string): void {
    if (this.#phase === 'head') this.#head(line);
    else if (this.#phase === 'chunk-end') this.#phase = 'chunk-size';
    else if (this.#phase === 'trailer') this.#phase = line === '' ? 'complete' : 'trailer';
    else this.#chunkSize(line);
  }

  #chunkSize(line: string): void {
    this.#left = Number.parseInt(line, 16);
    if (Number.isNaN(this.#left)) throw new Error(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`);
    this.#phase = this.#left === 0 ? 'trailer' : 'chunk-data';
  }

  #head(head: string): void {
    this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (Number.isNaN(this.status)) throw new Error(`not a status line: ${JSON.stringify(head.slice(0, 40))}`);
    this.cache = /\r\nx-llm-edge-cache: *([\w-]+)/i.exec(head)?.[1] ?? '';
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#left = Number(length ?? 0);
    if (length === undefined) this.#phase = 'chunk-size';
    else this.#phase = this.#left === 0 ? 'complete' : 'sized';
  }
}
