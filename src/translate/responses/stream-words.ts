import type { JsonObject } from '../../domain/call.ts';
import type { Citation } from '../hub/conversation.ts';
import { writeAnnotation } from './citations.ts';
import type { EventWriter } from './event-writer.ts';
import { outputText, refusalPart } from './output-items.ts';
import { Block } from './stream-block.ts';
import type { MessageItem } from './stream-message.ts';

/** Text or a refusal: a part of a message. */
export class WordsBlock extends Block {
  readonly #message: MessageItem;
  readonly #events: EventWriter;
  readonly #place: {
    readonly item_id: string;
    readonly output_index: number;
    readonly content_index: number;
  };
  /** JSON of the place, for the deltas: they come by the thousand. */
  readonly #deltaHead: string;
  readonly #refusal: boolean;
  readonly #annotations: JsonObject[] = [];
  #text = '';

  constructor(type: 'text' | 'refusal', message: MessageItem, events: EventWriter) {
    super();
    this.#refusal = type === 'refusal';
    this.#message = message;
    this.#events = events;
    this.#place = { item_id: message.id, output_index: message.index, content_index: message.addPart() };
    const logprobs = this.#refusal ? '' : '"logprobs":[],';
    this.#deltaHead = `${JSON.stringify(this.#place).slice(1, -1)},${logprobs}"delta":`;
  }

  begin(): string {
    return this.#events.event('response.content_part.added', { ...this.#place, part: this.#part() });
  }

  delta(text: string): string {
    this.#text += text;
    const type = this.#refusal ? 'response.refusal.delta' : 'response.output_text.delta';
    return this.#events.raw(type, `${this.#deltaHead}${JSON.stringify(text)}}`);
  }

  override citation(citation: Citation): string {
    if (this.#refusal) return '';
    const annotation = writeAnnotation(citation, this.#text.length);
    const annotation_index = this.#annotations.push(annotation) - 1;
    return this.#events.event('response.output_text.annotation.added', {
      ...this.#place,
      annotation_index,
      annotation,
    });
  }

  end(): string {
    const part = this.#part();
    const done = this.#refusal
      ? this.#events.event('response.refusal.done', { ...this.#place, refusal: this.#text })
      : this.#events.event('response.output_text.done', { ...this.#place, text: this.#text, logprobs: [] });
    const partDone = this.#events.event('response.content_part.done', { ...this.#place, part });
    return done + partDone + this.#message.partDone(this.#place.content_index, part);
  }

  #part(): JsonObject {
    return this.#refusal ? refusalPart(this.#text) : outputText(this.#text, this.#annotations);
  }
}
