import type { Citation, ReasoningSeal } from '../hub/conversation.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';
import type { Piece } from './content-array.ts';

/** The blocks of a stream: at most one of words is open at a time, calls of tools stay open beside it. */
export class Blocks {
  #next = 0;
  #words: { readonly index: number; readonly type: Piece['type']; sealed: boolean } | null = null;

  open(block: BlockStart, out: StreamPart[]): number {
    const index = this.#next++;
    out.push({ type: 'block_start', index, block });
    return index;
  }

  /** Text of a kind: goes on in the open block if that is of its kind. */
  words({ type, text }: Piece, out: StreamPart[]): void {
    out.push({ type: 'text_delta', index: this.#wordsOf(type, out), text });
  }

  /** Seals the open reasoning; without one, a block that has no text. */
  seal(seal: ReasoningSeal, out: StreamPart[]): void {
    const index = this.#wordsOf('reasoning', out);
    out.push({ type: 'seal', index, seal });
    if (this.#words !== null) this.#words.sealed = true;
  }

  /** Citations of the text that is open; where none is, of nothing that could be named. */
  cite(citations: readonly Citation[], out: StreamPart[]): void {
    const words = this.#words;
    if (words?.type !== 'text') return;
    for (const citation of citations) out.push({ type: 'citation', index: words.index, citation });
  }

  /** True while reasoning that is not sealed yet is open. */
  get reasons(): boolean {
    return this.#words?.type === 'reasoning' && !this.#words.sealed;
  }

  endWords(out: StreamPart[]): void {
    if (this.#words !== null) out.push({ type: 'block_end', index: this.#words.index });
    this.#words = null;
  }

  #wordsOf(type: Piece['type'], out: StreamPart[]): number {
    if (this.#words?.type === type && !this.#words.sealed) return this.#words.index;
    this.endWords(out);
    const index = this.open({ type }, out);
    this.#words = { index, type, sealed: false };
    return index;
  }
}
