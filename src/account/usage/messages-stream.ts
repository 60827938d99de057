import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { objectAt } from './buckets.ts';
import { dataOf, estimateDelta, parseEvent } from './event-data.ts';
import { messagesUsage } from './messages.ts';
import type { StreamReader, StreamState } from './stream-reader.ts';

const DELTA_KEYS = ['"text":"', '"partial_json":"', '"thinking":"'];
const MATTERS = /"type"\s*:\s*"(?:message_start|message_delta|message_stop|error)"/;

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming : `message_delta` is cumulative and may correct the start. */
export class MessagesStreamReader implements StreamReader {
  #counts: JsonObject = {};
  #output = 0;
  #state: StreamState = 'open';

  line(text: string): void {
    const data = dataOf(text);
    if (data === null) return;
    if (MATTERS.test(data)) this.#read(parseEvent(data));
    else this.#output += estimateDelta(data, DELTA_KEYS);
  }

  usage(): Usage | null {
    return messagesUsage(this.#counts);
  }

  estimatedOutput(): number {
    return this.#output;
  }

  state(): StreamState {
    return this.#state;
  }

  #read(event: JsonObject | null): void {
    switch (event?.type) {
      case 'message_start':
        this.#merge(objectAt(event.message, 'usage'));
        break;
      case 'message_delta':
        this.#merge(objectAt(event, 'usage'));
        break;
      case 'message_stop':
        this.#state = 'finished';
        break;
      case 'error':
        this.#state = 'failed';
    }
  }

  #merge(counts: JsonObject): void {
    for (const [name, count] of Object.entries(counts)) {
      if (count !== null && count !== undefined) this.#counts[name] = count;
    }
  }
}
