import { DELTAS, deltaNumber } from './wire.ts';

const MIN_BODY_BYTES = 900;

/** Checks one answer as it comes, so that no lost frame stays unseen. */
export interface Check {
  readonly deltas: number;
  push(bytes: Buffer): void;
  /** Null when the answer is whole, else what is wrong. */
  fault(): string | null;
}

export function wholeCheck(): Check {
  let bytes = 0;
  return {
    deltas: 0,
    push: (piece) => {
      bytes += piece.length;
    },
    fault: () => (bytes >= MIN_BODY_BYTES ? null : `body of ${bytes} bytes`),
  };
}

export class StreamCheck implements Check {
  deltas = 0;
  #rest = '';
  #terminal = false;
  #fault: string | null = null;

  push(bytes: Buffer): void {
    const text = this.#rest + bytes.toString('latin1');
    let from = 0;
    for (let to = text.indexOf('\n\n'); to !== -1; to = text.indexOf('\n\n', from)) {
      this.#frame(text.slice(from, to));
      from = to + 2;
    }
    this.#rest = text.slice(from);
  }

  #frame(frame: string): void {
    if (frame === 'data: [DONE]') this.#terminal = true;
    const number = deltaNumber(frame);
    if (number === null) return;
    if (number !== this.deltas) this.#fault ??= `delta ${number} in the place of ${this.deltas}`;
    this.deltas++;
  }

  fault(): string | null {
    if (this.deltas !== DELTAS) return `${this.deltas} of ${DELTAS} deltas`;
    return this.#fault ?? (this.#terminal ? null : 'no [DONE]');
  }
}
