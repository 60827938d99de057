import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { asObject, objectAt, objectsIn, parseObject, textOf } from '../json.ts';
import { EventLines, typeOf } from '../streams/event-lines.ts';
import type { Sign } from '../streams/holding-tap.ts';
import { LineScanner } from '../streams/lines.ts';
import type { ProviderError } from '../translate/hub/reply.ts';
import { readToldFailure } from '../translate/told-failure.ts';

/** Events without content that are waited for; more of them are taken for an answer. */
const MAX_EVENTS = 64;

/** Looks in the beginning of a stream for its first content, or for the failure that comes in its place. */
export class ContentWatch {
  /** What the stream said of its failure; null: it told of none. */
  failure: ProviderError | null = null;
  /** A filter cut in before anything was said. */
  isFiltered = false;
  readonly #dialect: Dialect;
  readonly #events = new EventLines((name, data) => this.#event(name, data));
  readonly #lines = new LineScanner((line) => this.#events.line(line));
  #sign: Sign = 'nothing';
  #count = 0;
  #garbage = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Nothing came but what is nothing of the dialect. */
  get isGarbage(): boolean {
    return this.#sign === 'nothing' && this.#garbage > 0 && this.#garbage === this.#count;
  }

  feed(bytes: Uint8Array): Sign {
    this.#lines.feed(bytes);
    return this.#sign;
  }

  #event(name: string, data: string): void {
    if (this.#sign !== 'nothing' || data.startsWith('[DONE]')) return;
    this.#count++;
    const event = parseObject(data);
    if (event === null) this.#garbage++;
    else this.#sign = this.#signOf(typeOf(name, event), event);
    if (this.#count >= MAX_EVENTS && this.#sign === 'nothing') this.#sign = 'content';
  }

  #signOf(type: string, event: JsonObject): Sign {
    if (type === 'error' || type === 'response.failed') return this.#failed(event);
    switch (this.#dialect) {
      case 'anthropic-messages':
        return messagesSign(type, event);
      case 'openai-responses':
        return this.#filteredOr(event.response, responsesSign(type, event));
      default:
        return this.#chatSign(event);
    }
  }

  #failed(event: JsonObject): Sign {
    this.failure = readToldFailure(this.#dialect, event);
    return 'failed';
  }

  #filteredOr(response: JsonValue | undefined, sign: Sign): Sign {
    if (objectAt(response, 'incomplete_details').reason !== 'content_filter') return sign;
    this.isFiltered = true;
    return 'failed';
  }

  #chatSign(event: JsonObject): Sign {
    const choices = objectsIn(event.choices);
    const failed = choices.find((choice) => choice.finish_reason === 'error' || choice.error);
    if (failed !== undefined) return this.#failed(asObject(failed.error) === null ? event : failed);
    if (choices.some(({ delta, text }) => isFilled(delta) || isFilled(text))) return 'content';
    const reasons = choices
      .map(({ finish_reason: reason }) => textOf(reason))
      .filter((reason) => reason !== '');
    if (reasons.length === 0) return 'nothing';
    this.isFiltered = reasons.every((reason) => reason === 'content_filter');
    return this.isFiltered ? 'failed' : 'content';
  }
}

/** Providers fill the fields of their first events with nothings. */
function isFilled(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return value !== '';
  if (Array.isArray(value)) return value.length > 0;
  const object = asObject(value);
  return (
    object !== null &&
    Object.entries(object).some(([name, part]) => name !== 'role' && name !== 'type' && isFilled(part))
  );
}

function messagesSign(type: string, event: JsonObject): Sign {
  switch (type) {
    case 'content_block_start':
      return /^(?:text|thinking)$/.test(textOf(objectAt(event, 'content_block').type))
        ? 'nothing'
        : 'content';
    case 'content_block_delta':
      return isFilled(event.delta) ? 'content' : 'nothing';
    case 'message_delta':
    case 'message_stop':
      return 'content';
    default:
      return 'nothing';
  }
}

function responsesSign(type: string, event: JsonObject): Sign {
  if (type.endsWith('.delta')) return isFilled(event.delta) ? 'content' : 'nothing';
  switch (type) {
    case 'response.output_item.added':
      return /^(?:message|reasoning)$/.test(textOf(objectAt(event, 'item').type)) ? 'nothing' : 'content';
    case 'response.output_item.done':
    case 'response.completed':
    case 'response.incomplete':
      return 'content';
    default:
      return 'nothing';
  }
}
