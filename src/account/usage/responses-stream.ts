import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { objectAt } from './buckets.ts';
import { dataOf, estimateDelta, parseEvent } from './event-data.ts';
import { responsesUsage } from './responses.ts';
import type { StreamReader, StreamState } from './stream-reader.ts';

const DELTA_KEYS = ['"delta":"'];
const MATTERS = /"type"\s*:\s*"(?:response\.(?:completed|incomplete|failed|cancelled)|error)"/;

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export class ResponsesStreamReader implements StreamReader {
  #usage: Usage | null = null;
  #output = 0;
  #state: StreamState = 'open';

  line(text: string): void {
    const data = dataOf(text);
    if (data === null) return;
    if (MATTERS.test(data)) this.#read(parseEvent(data));
    else this.#output += estimateDelta(data, DELTA_KEYS);
  }

  usage(): Usage | null {
    return this.#usage;
  }

  estimatedOutput(): number {
    return this.#output;
  }

  state(): StreamState {
    return this.#state;
  }

  #read(event: JsonObject | null): void {
    switch (event?.type) {
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
        this.#state = 'finished';
        break;
      case 'response.failed':
      case 'error':
        this.#state = 'failed';
        break;
      default:
        return;
    }
    this.#usage = responsesUsage(objectAt(event, 'response').usage) ?? this.#usage;
  }
}
