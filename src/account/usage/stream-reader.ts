import type { Dialect } from '../../domain/dialect.ts';
import type { Usage } from '../../domain/usage.ts';
import { ChatEventReader } from './chat-stream.ts';
import { parseEvent } from './event-data.ts';
import { MessagesEventReader } from './messages-stream.ts';
import type { EventReader, StreamReader, StreamState } from './reader.ts';
import { ResponsesEventReader } from './responses-stream.ts';

export function createStreamReader(dialect: Dialect): StreamReader {
  return new EventLines(eventReader(dialect));
}

function eventReader(dialect: Dialect): EventReader {
  switch (dialect) {
    case 'anthropic-messages':
      return new MessagesEventReader();
    case 'openai-responses':
      return new ResponsesEventReader();
    default:
      return new ChatEventReader();
  }
}

/** Longest data that lines are joined to, in characters. What is longer is malformed and passed over. */
const MAX_DATA = 1 << 21;

/** Puts lines together to events (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). */
class EventLines implements StreamReader {
  readonly #reader: EventReader;
  #name = '';
  #data: string | null = null;

  constructor(reader: EventReader) {
    this.#reader = reader;
  }

  line(text: string): void {
    if (text === '') this.#dispatch();
    else if (text.startsWith('data:')) this.#addData(fieldValue(text, 5));
    else if (text.startsWith('event:')) this.#name = fieldValue(text, 6).trimEnd();
  }

  usage(): Usage | null {
    this.#settle();
    return this.#reader.usage();
  }

  estimatedOutput(): number {
    this.#settle();
    return this.#reader.estimatedOutput();
  }

  state(): StreamState {
    this.#settle();
    return this.#reader.state();
  }

  #addData(data: string): void {
    if (this.#data === null) this.#data = data;
    else if (this.#data.length < MAX_DATA) this.#data += `\n${data}`;
  }

  #dispatch(): void {
    if (this.#data !== null) this.#reader.event(this.#name, this.#data);
    this.#name = '';
    this.#data = null;
  }

  /** Some upstreams end without the empty line that ends an event. It counts if it is whole; a torn one does not. */
  #settle(): void {
    const data = this.#data;
    if (data !== null && (data.startsWith('[DONE]') || parseEvent(data) !== null)) this.#dispatch();
  }
}

function fieldValue(line: string, start: number): string {
  return line.slice(line.charCodeAt(start) === 32 ? start + 1 : start);
}

const USAGE = /"usage"\s*:\s*\{/;

/** True for the data of the chunk that `stream_options.include_usage` adds: no choices, and the usage. */
export function isUsageOnlyChunk(data: string): boolean {
  if (!USAGE.test(data)) return false;
  const chunk = parseEvent(data);
  const { choices, usage } = chunk ?? {};
  return (
    Array.isArray(choices) &&
    choices.length === 0 &&
    typeof usage === 'object' &&
    !Array.isArray(usage) &&
    usage !== null
  );
}
