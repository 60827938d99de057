import type { JsonObject } from '../../domain/call.ts';
import type { ReasoningSeal } from '../hub/conversation.ts';
import type { Output } from './event-writer.ts';
import { itemId } from './ids.ts';
import {
  type CallStart,
  callItem,
  reasoningItem,
  type ServerToolStart,
  webSearchItem,
} from './output-items.ts';
import { Block } from './stream-block.ts';

/** One part of a summary holds it all; with no text there is none. */
export class ReasoningBlock extends Block {
  readonly #output: Output;
  readonly #index: number;
  readonly #id: string;
  readonly #deltaHead: string;
  #text = '';
  #seal: ReasoningSeal | null = null;

  constructor(output: Output, index: number) {
    super();
    this.#output = output;
    this.#index = index;
    this.#id = itemId('rs', output.response, index);
    this.#deltaHead = `${JSON.stringify(this.#place()).slice(1, -1)},"delta":`;
  }

  begin(): string {
    return this.#itemEvent('added', reasoningItem(this.#id, '', null));
  }

  delta(text: string): string {
    const begin = this.#text === '' ? this.#partEvent('added') : '';
    this.#text += text;
    const rest = `${this.#deltaHead}${JSON.stringify(text)}}`;
    return begin + this.#output.events.raw('response.reasoning_summary_text.delta', rest);
  }

  override seal(seal: ReasoningSeal): void {
    this.#seal = seal;
  }

  end(): string {
    const { events } = this.#output;
    const item = reasoningItem(this.#id, this.#text, this.#seal);
    this.#output.done(this.#index, item);
    if (this.#text === '') return this.#itemEvent('done', item);
    const text = { ...this.#place(), text: this.#text };
    return (
      events.event('response.reasoning_summary_text.done', text) +
      this.#partEvent('done') +
      this.#itemEvent('done', item)
    );
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.#index, summary_index: 0 };
  }

  #partEvent(what: 'added' | 'done'): string {
    const part = { type: 'summary_text', text: this.#text };
    return this.#output.events.event(`response.reasoning_summary_part.${what}`, { ...this.#place(), part });
  }

  #itemEvent(what: 'added' | 'done', item: JsonObject): string {
    return this.#output.events.event(`response.output_item.${what}`, { output_index: this.#index, item });
  }
}

/** A call of a function or of a custom tool. */
export class CallBlock extends Block {
  readonly #output: Output;
  readonly #index: number;
  readonly #call: CallStart;
  readonly #id: string;
  readonly #deltaHead: string;
  #text = '';

  constructor(call: CallStart, output: Output, index: number) {
    super();
    this.#call = call;
    this.#output = output;
    this.#index = index;
    this.#id = itemId(call.kind === 'custom' ? 'ctc' : 'fc', output.response, index);
    this.#deltaHead = `${JSON.stringify(this.#place()).slice(1, -1)},"delta":`;
  }

  begin(): string {
    return this.#itemEvent('added', callItem(this.#id, this.#call, '', 'in_progress'));
  }

  delta(text: string): string {
    this.#text += text;
    return this.#output.events.raw(`${this.#stem()}.delta`, `${this.#deltaHead}${JSON.stringify(text)}}`);
  }

  end(): string {
    // A function without arguments is called with an empty object, which some providers leave unsaid.
    const empty = this.#text === '' && this.#call.kind === 'function' ? this.delta('{}') : '';
    const whole = this.#call.kind === 'custom' ? { input: this.#text } : { arguments: this.#text };
    const done = this.#output.events.event(`${this.#stem()}.done`, { ...this.#place(), ...whole });
    const item = callItem(this.#id, this.#call, this.#text, 'completed');
    this.#output.done(this.#index, item);
    return empty + done + this.#itemEvent('done', item);
  }

  #stem(): string {
    return this.#call.kind === 'custom'
      ? 'response.custom_tool_call_input'
      : 'response.function_call_arguments';
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.#index };
  }

  #itemEvent(what: 'added' | 'done', item: JsonObject): string {
    return this.#output.events.event(`response.output_item.${what}`, { output_index: this.#index, item });
  }
}

/** A search that the provider has done: it is told whole. */
export class WebSearchBlock extends Block {
  readonly #output: Output;
  readonly #index: number;
  readonly #tool: ServerToolStart;

  constructor(tool: ServerToolStart, output: Output, index: number) {
    super();
    this.#tool = tool;
    this.#output = output;
    this.#index = index;
  }

  begin(): string {
    const { events, response } = this.#output;
    const id = itemId('ws', response, this.#index);
    const place = { item_id: id, output_index: this.#index };
    const item = webSearchItem(id, this.#tool.raw, 'completed');
    this.#output.done(this.#index, item);
    return (
      events.event('response.output_item.added', {
        output_index: this.#index,
        item: webSearchItem(id, this.#tool.raw, 'in_progress'),
      }) +
      events.event('response.web_search_call.in_progress', place) +
      events.event('response.web_search_call.searching', place) +
      events.event('response.web_search_call.completed', place) +
      events.event('response.output_item.done', { output_index: this.#index, item })
    );
  }

  delta(): string {
    return '';
  }

  end(): string {
    return '';
  }
}
