import type { JsonObject } from '../../domain/call.ts';
import type { ReplyFacts } from '../../domain/reply-facts.ts';
import type { Usage } from '../../domain/usage.ts';
import { objectAt, parseObject } from '../../json.ts';
import { replyFacts } from '../../protocols/reply-facts.ts';
import { typeOf } from '../../streams/event-lines.ts';
import { usageFromReply } from '../../usage/from-reply.ts';
import { estimateDelta } from './estimate.ts';
import type { EventReader, StreamState } from './reader.ts';

const TEXT = /"delta"\s*:\s*"/g;
const MATTERS = /^\s*\{\s*"error"|"type"\s*:\s*"(?:response\.(?:completed|incomplete|failed)|error)"/;

/** The terminal events (https://platform.openai.com/docs/api-reference/responses-streaming) and what each means. */
const ENDS = new Map<string, StreamState>([
  ['response.completed', 'finished'],
  ['response.incomplete', 'finished'],
  ['response.failed', 'failed'],
  ['error', 'failed'],
]);

export class ResponsesEventReader implements EventReader {
  #usage: Usage | null = null;
  #output = 0;
  #facts: ReplyFacts = { id: null, model: null, finishReasons: [] };
  #state: StreamState = 'open';

  event(name: string, data: string): void {
    if (name.endsWith('.delta')) this.#output += estimateDelta(data, TEXT);
    else if (ENDS.has(name) || MATTERS.test(data)) this.#read(name, parseObject(data));
    else if (name === '') this.#output += estimateDelta(data, TEXT);
  }

  usage(): Usage | null {
    return this.#usage;
  }

  estimatedOutput(): number {
    return this.#output;
  }

  facts(): ReplyFacts {
    return this.#facts;
  }

  state(): StreamState {
    return this.#state;
  }

  #read(name: string, event: JsonObject | null): void {
    const end = ENDS.get(typeOf(name, event));
    if (end === undefined) return;
    if (this.#state === 'open') this.#state = end;
    const response = objectAt(event ?? {}, 'response');
    this.#facts = replyFacts('openai-responses', response);
    this.#usage = usageFromReply('openai-responses', response) ?? this.#usage;
  }
}
