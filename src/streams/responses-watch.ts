import type { LineReader } from './sse-tap.ts';

/** Reads over the shoulder of another reader what only Responses streams have: the id that was made, and a count of events. */
export class ResponsesWatch implements LineReader {
  /** Data events so far, which is the `sequence_number` of the next. */
  events = 0;
  readonly #inner: LineReader;
  readonly #onId: (id: string) => void;
  #idSeen = false;

  constructor(inner: LineReader, onId: (id: string) => void) {
    this.#inner = inner;
    this.#onId = onId;
  }

  line(text: string): void {
    this.#inner.line(text);
    if (!text.startsWith('data:')) return;
    this.events++;
    if (!this.#idSeen && text.includes('response.created')) this.#readId(text.slice(5));
  }

  state(): 'open' | 'finished' | 'failed' {
    return this.#inner.state();
  }

  #readId(data: string): void {
    const id = idOf(data);
    if (id === null) return;
    this.#idSeen = true;
    this.#onId(id);
  }
}

function idOf(data: string): string | null {
  try {
    const event = JSON.parse(data) as { response?: { id?: unknown } } | null;
    const id = event?.response?.id;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
