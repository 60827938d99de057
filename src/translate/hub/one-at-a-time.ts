import type { StreamPart } from './reply.ts';

type BlockPart = Extract<StreamPart, { index: number }>;

/**
 * Puts interleaved blocks one after the other, for dialects in which one block is open at a time (Messages). The block that
 * began first passes as it comes; what belongs to later ones waits for its turn. Nothing gets lost, only later.
 */
export class OneAtATime {
  readonly #waiting = new Map<number, BlockPart[]>();
  readonly #order: number[] = [];

  push(part: StreamPart): StreamPart[] {
    if (part.type === 'finish' || part.type === 'error') return [...this.#closeAll(part.type), part];
    if (!('index' in part)) return [part];
    if (part.type === 'block_start') {
      this.#order.push(part.index);
      this.#waiting.set(part.index, []);
    }
    if (this.#order[0] !== part.index) {
      this.#waiting.get(part.index)?.push(part);
      return [];
    }
    return part.type === 'block_end' ? [part, ...this.#next()] : [part];
  }

  /** The block in front has ended: the next takes its place, with what it has so far. */
  #next(): StreamPart[] {
    const out: StreamPart[] = [];
    for (;;) {
      const ended = this.#order.shift();
      if (ended !== undefined) this.#waiting.delete(ended);
      const front = this.#order[0];
      if (front === undefined) return out;
      const held = this.#waiting.get(front) ?? [];
      out.push(...held);
      this.#waiting.set(front, []);
      if (held.at(-1)?.type !== 'block_end') return out;
    }
  }

  /** Blocks whose end never came end here; after an error nothing more is said of them. */
  #closeAll(reason: 'finish' | 'error'): StreamPart[] {
    const out: StreamPart[] = [];
    while (reason === 'finish' && this.#order.length > 0) {
      const front = this.#order[0];
      if (front === undefined) break;
      out.push({ type: 'block_end', index: front }, ...this.#next());
    }
    return out;
  }
}
