import type { JsonObject } from '../domain/call.ts';
import { parseObject } from '../json.ts';

/** Longest data that lines are joined to, in characters. What is longer is malformed and passed over. */
const MAX_DATA = 1 << 21;

/** One event: `name` is that of its `event:` line, empty where it has none. */
export type OnEvent = (name: string, data: string) => void;

/** Puts lines together to events (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). */
export class EventLines {
  readonly #onEvent: OnEvent;
  #name = '';
  #data: string | null = null;

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent;
  }

  /** One complete line without its end, in order. */
  line(text: string): void {
    if (text === '') this.#dispatch();
    else if (text.startsWith('data:')) this.#addData(fieldValue(text, 5));
    else if (text.startsWith('event:')) this.#name = fieldValue(text, 6).trimEnd();
  }

  /** Some upstreams end without the empty line that ends an event. It counts if it is whole; a torn one does not. */
  settle(): void {
    const data = this.#data;
    if (data !== null && (data.startsWith('[DONE]') || parseObject(data) !== null)) this.#dispatch();
  }

  #addData(data: string): void {
    if (this.#data === null) this.#data = data;
    else if (this.#data.length < MAX_DATA) this.#data += `\n${data}`;
  }

  #dispatch(): void {
    if (this.#data !== null) this.#onEvent(this.#name, this.#data);
    this.#name = '';
    this.#data = null;
  }
}

function fieldValue(line: string, start: number): string {
  return line.slice(line.charCodeAt(start) === 32 ? start + 1 : start);
}

/** What an event is: as its data says, else as it was named. An error is one however it was told. */
export function typeOf(name: string, event: JsonObject | null): string {
  if (name === 'error') return name;
  if (typeof event?.type === 'string') return event.type;
  return event?.error ? 'error' : name;
}
