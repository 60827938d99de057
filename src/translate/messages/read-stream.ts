import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, numberOf, objectAt, parseObject, textOf } from '../../json.ts';
import { typeOf } from '../../streams/event-lines.ts';
import { messagesUsage } from '../../usage/messages.ts';
import { CustomToolUnwrapper } from '../hub/custom-tools.ts';
import type { ProviderError, StreamPart } from '../hub/reply.ts';
import type { ReadContext, StreamReader } from '../hub/translator.ts';
import { BlockReader } from './block-reader.ts';
import { readErrorEvent } from './error.ts';
import { readStopReason } from './finish-reason.ts';
import { refusalText } from './read-reply.ts';
import { readTier } from './usage.ts';

/** Reads the events of https://platform.claude.com/docs/en/build-with-claude/streaming. Others are passed over. */
export class MessagesStreamReader implements StreamReader {
  readonly #context: ReadContext;
  readonly #unwrapper = new CustomToolUnwrapper();
  /** By the provider's index; blocks that the hub has no form of are not among them. */
  readonly #blocks = new Map<number, BlockReader>();
  #nextIndex = 0;
  #started = false;
  #id = '';
  #ended = false;
  #calls = false;
  /** Counts so far: those of `message_delta` are totals, but leave out what has not changed. */
  #usage: JsonObject = {};
  #stop: JsonObject = {};

  constructor(context: ReadContext) {
    this.#context = context;
  }

  event(name: string, data: string): readonly StreamPart[] {
    if (this.#ended) return [];
    const event = parseObject(data);
    // An error counts however badly it is told.
    if (event === null && name !== 'error') return [];
    return this.#read(typeOf(name, event), event ?? {}).flatMap((part) => this.#unwrapper.push(part));
  }

  /** Nothing is held back; blocks that are open stay so, since the answer is not whole. */
  end(): readonly StreamPart[] {
    return [];
  }

  #read(type: string, event: JsonObject): StreamPart[] {
    switch (type) {
      case 'message_start':
        return this.#startOrBreak(objectAt(event, 'message'));
      case 'content_block_start':
        return this.#blockStart(event);
      case 'content_block_delta':
        return this.#blocks.get(indexOf(event))?.delta(objectAt(event, 'delta')) ?? [];
      case 'content_block_stop':
        return this.#blockStop(indexOf(event));
      case 'message_delta':
        this.#stop = { ...this.#stop, ...objectAt(event, 'delta') };
        this.#count(event.usage);
        return [];
      case 'message_stop':
        return this.#finish();
      case 'ping':
        return this.#started ? [{ type: 'ping' }] : [];
      case 'error':
        this.#ended = true;
        return [{ type: 'error', error: readErrorEvent(event) }];
      default:
        return [];
    }
  }

  /**
   * A start that is told again changes nothing. That of another answer, as proxies send it that try again in the middle of a
   * stream, voids what was said so far, which no client can unhear: two half calls of a tool would be run as two calls.
   */
  #startOrBreak(message: JsonObject): StreamPart[] {
    if (!this.#started) {
      this.#id = textOf(message.id);
      return this.#start(message);
    }
    if (this.#id === '' || textOf(message.id) === this.#id) return [];
    this.#ended = true;
    return [{ type: 'error', error: BEGAN_AGAIN }];
  }

  /** A stream without its start begins with what there is. */
  #start(message: JsonObject): StreamPart[] {
    if (this.#started) return [];
    this.#started = true;
    this.#count(message.usage);
    const usage = messagesUsage(message.usage);
    return [{ type: 'start', id: textOf(message.id), model: textOf(message.model), usage }];
  }

  #count(usage: JsonValue | undefined): void {
    for (const [key, value] of Object.entries(asObject(usage) ?? {})) {
      if (value !== null) this.#usage[key] = value;
    }
  }

  #blockStart(event: JsonObject): StreamPart[] {
    const block = objectAt(event, 'content_block');
    const start = this.#start({});
    const reader = BlockReader.of(block, this.#nextIndex, this.#context);
    if (reader === null) return start;
    this.#nextIndex++;
    this.#blocks.set(indexOf(event), reader);
    this.#calls ||= block.type === 'tool_use';
    return [...start, ...reader.start()];
  }

  #blockStop(index: number): StreamPart[] {
    const reader = this.#blocks.get(index);
    this.#blocks.delete(index);
    return reader?.stop() ?? [];
  }

  #finish(): StreamPart[] {
    this.#ended = true;
    const start = this.#start({});
    const open = [...this.#blocks.keys()].flatMap((index) => this.#blockStop(index));
    const serviceTier = readTier(this.#usage.service_tier);
    const finish: StreamPart = {
      type: 'finish',
      finish: {
        reason: readStopReason(this.#stop.stop_reason, this.#calls),
        stopSequence: textOf(this.#stop.stop_sequence) || null,
      },
      usage: messagesUsage(this.#usage),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    };
    return [...start, ...open, ...this.#refusal(), finish];
  }

  #refusal(): StreamPart[] {
    const text = refusalText(this.#stop.stop_details);
    if (text === null) return [];
    const index = this.#nextIndex++;
    return [
      { type: 'block_start', index, block: { type: 'refusal' } },
      { type: 'text_delta', index, text },
      { type: 'block_end', index },
    ];
  }
}

const BEGAN_AGAIN: ProviderError = {
  status: 502,
  type: 'api_error',
  code: null,
  message: 'The provider began another answer before this one had ended: try again.',
  param: null,
};

function indexOf({ index }: JsonObject): number {
  return numberOf(index) ?? -1;
}
