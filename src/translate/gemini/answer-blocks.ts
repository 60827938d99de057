import type { Citation } from '../hub/conversation.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';

interface OpenBlock {
  readonly index: number;
  readonly type: 'text' | 'reasoning';
  text: string;
}

/** Where the statements of a text come from, as far as it is known when the text ends. */
export type CitationsOf = (text: string) => readonly Citation[];

/**
 * The blocks of an answer as they grow. A signature belongs to one part of the answer: to a thought, else it is a block of
 * its own before what it signs. In the middle of a text there is no place for that, so there it comes behind.
 */
export class AnswerBlocks {
  readonly #provider: string;
  readonly #citationsOf: CitationsOf;
  #out: StreamPart[] = [];
  #count = 0;
  #open: OpenBlock | null = null;
  /** The signature of a text that is still open. */
  #signature = '';

  /** @param provider id of whose signatures these are */
  constructor(provider: string, citationsOf: CitationsOf) {
    this.#provider = provider;
    this.#citationsOf = citationsOf;
  }

  /** What has come since the last time. */
  take(): StreamPart[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  put(part: StreamPart): void {
    this.#out.push(part);
  }

  text(text: string, signature: string): void {
    if (this.#open?.type === 'text' || text === '') {
      if (text !== '') this.#delta('text', text);
      if (signature !== '') this.#signature = signature;
      return;
    }
    this.#sign(signature);
    this.#delta('text', text);
  }

  thought(text: string, signature: string): void {
    if (text !== '' || signature !== '') this.#delta('reasoning', text);
    if (signature === '' || this.#open === null) return;
    this.#out.push({ type: 'seal', index: this.#open.index, seal: this.#sealOf(signature) });
    this.#close();
  }

  /** A block that comes whole. */
  whole(block: BlockStart, args: string | null, signature: string): void {
    this.#sign(signature);
    const index = this.#begin(block);
    if (args !== null) this.#out.push({ type: 'arguments_delta', index, text: args });
    this.#out.push({ type: 'block_end', index });
  }

  end(): void {
    this.#close();
    this.#flushSignature();
  }

  #delta(type: 'text' | 'reasoning', text: string): void {
    if (this.#open?.type !== type || this.#signature !== '') {
      this.end();
      this.#open = { index: this.#begin({ type }), type, text: '' };
    }
    if (text === '') return;
    if (type === 'text') this.#open.text += text;
    this.#out.push({ type: 'text_delta', index: this.#open.index, text });
  }

  #sign(signature: string): void {
    this.end();
    this.#signature = signature;
    this.#flushSignature();
  }

  #flushSignature(): void {
    if (this.#signature === '') return;
    const index = this.#begin({ type: 'reasoning' });
    const seal = this.#sealOf(this.#signature);
    this.#signature = '';
    this.#out.push({ type: 'seal', index, seal }, { type: 'block_end', index });
  }

  #sealOf(data: string) {
    return { origin: 'gemini', provider: this.#provider, data } as const;
  }

  #begin(block: BlockStart): number {
    const index = this.#count++;
    this.#out.push({ type: 'block_start', index, block });
    return index;
  }

  #close(): void {
    if (this.#open === null) return;
    const { index, type, text } = this.#open;
    if (type === 'text') {
      for (const citation of this.#citationsOf(text)) this.#out.push({ type: 'citation', index, citation });
    }
    this.#out.push({ type: 'block_end', index });
    this.#open = null;
  }
}
