import type { JsonObject } from '../../domain/call.ts';
import type { ReplyFacts } from '../../domain/reply-facts.ts';
import type { Usage } from '../../domain/usage.ts';
import { objectAt, parseObject } from '../../json.ts';
import { replyFacts, said } from '../../protocols/reply-facts.ts';
import { typeOf } from '../../streams/event-lines.ts';
import { messagesUsage } from '../../usage/messages.ts';
import { estimateDelta } from './estimate.ts';
import type { EventReader, StreamState } from './reader.ts';

const TEXT = /"(?:text|partial_json|thinking)"\s*:\s*"/g;
const MATTERS = /^\s*\{\s*"error"|"type"\s*:\s*"(?:message_start|message_delta|message_stop|error)"/;
const NAMES = new Set(['message_start', 'message_delta', 'message_stop', 'error']);

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming : `message_delta` is cumulative and may correct the start. */
export class MessagesEventReader implements EventReader {
  #counts: JsonObject = {};
  #output = 0;
  #facts: ReplyFacts = { id: null, model: null, finishReasons: [] };
  #state: StreamState = 'open';

  event(name: string, data: string): void {
    if (name === 'content_block_delta') this.#output += estimateDelta(data, TEXT);
    else if (NAMES.has(name) || MATTERS.test(data)) this.#read(name, parseObject(data));
    else if (data.includes('"content_block_delta"')) this.#output += estimateDelta(data, TEXT);
  }

  /** Servers that count only at the end start with zeros, which say nothing. */
  usage(): Usage | null {
    const usage = messagesUsage(this.#counts);
    if (usage === null || this.#state === 'finished') return usage;
    const { input, cacheRead, cacheWrite, cacheWrite1h, output } = usage;
    return input + cacheRead + cacheWrite + cacheWrite1h + output === 0 ? null : usage;
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
    switch (typeOf(name, event)) {
      case 'message_start':
        this.#facts = replyFacts('anthropic-messages', objectAt(event ?? {}, 'message'));
        this.#merge(objectAt(event?.message, 'usage'));
        break;
      case 'message_delta':
        this.#noteReason(said(objectAt(event ?? {}, 'delta').stop_reason));
        this.#merge(objectAt(event ?? {}, 'usage'));
        break;
      case 'message_stop':
        this.#end('finished');
        break;
      case 'error':
        this.#end('failed');
    }
  }

  #noteReason(reason: string | null): void {
    if (reason !== null) this.#facts = { ...this.#facts, finishReasons: [reason] };
  }

  #end(state: StreamState): void {
    if (this.#state === 'open') this.#state = state;
  }

  #merge(counts: JsonObject): void {
    for (const [name, count] of Object.entries(counts)) {
      if (count !== null && count !== undefined) this.#counts[name] = count;
    }
  }
}
