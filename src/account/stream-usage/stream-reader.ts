import type { Dialect } from '../../domain/dialect.ts';
import type { ReplyFacts } from '../../domain/reply-facts.ts';
import type { Usage } from '../../domain/usage.ts';
import { parseObject } from '../../json.ts';
import { EventLines } from '../../streams/event-lines.ts';
import { ChatEventReader } from './chat-stream.ts';
import { MessagesEventReader } from './messages-stream.ts';
import type { EventReader, StreamReader, StreamState } from './reader.ts';
import { ResponsesEventReader } from './responses-stream.ts';

export function createStreamReader(dialect: Dialect): StreamReader {
  return new EventLinesReader(eventReader(dialect));
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

class EventLinesReader implements StreamReader {
  readonly #reader: EventReader;
  readonly #events: EventLines;

  constructor(reader: EventReader) {
    this.#reader = reader;
    this.#events = new EventLines((name, data) => reader.event(name, data));
  }

  line(text: string): void {
    this.#events.line(text);
  }

  usage(): Usage | null {
    this.#events.settle();
    return this.#reader.usage();
  }

  estimatedOutput(): number {
    this.#events.settle();
    return this.#reader.estimatedOutput();
  }

  facts(): ReplyFacts {
    this.#events.settle();
    return this.#reader.facts();
  }

  state(): StreamState {
    this.#events.settle();
    return this.#reader.state();
  }
}

const USAGE = /"usage"\s*:\s*\{/;

/** True for the data of the chunk that `stream_options.include_usage` adds: no choices, and the usage. */
export function isUsageOnlyChunk(data: string): boolean {
  if (!USAGE.test(data)) return false;
  const chunk = parseObject(data);
  const { choices, usage } = chunk ?? {};
  return (
    Array.isArray(choices) &&
    choices.length === 0 &&
    typeof usage === 'object' &&
    !Array.isArray(usage) &&
    usage !== null
  );
}
