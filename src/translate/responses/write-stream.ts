import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import type { BlockStart, ProviderError, StreamPart } from '../hub/reply.ts';
import type { ReplyContext, StreamWriter } from '../hub/translator.ts';
import { codeOf, failureCode } from './error.ts';
import { EventWriter, type Output } from './event-writer.ts';
import { endingOf } from './finish-reason.ts';
import { responseId } from './ids.ts';
import { isWebSearch } from './output-items.ts';
import { type Answer, responseObject } from './response-object.ts';
import type { BlockWriter } from './stream-block.ts';
import { CallBlock, ReasoningBlock, WebSearchBlock } from './stream-items.ts';
import { MessageItem } from './stream-message.ts';
import { WordsBlock } from './stream-words.ts';

/** Writes a client's events (https://platform.openai.com/docs/api-reference/responses-streaming). No `[DONE]` ends them. */
export class ResponsesStreamWriter implements StreamWriter, Output {
  readonly events = new EventWriter();
  readonly #context: ReplyContext;
  readonly #items: JsonObject[] = [];
  readonly #blocks = new Map<number, BlockWriter>();
  /** The message to which text is added, if the last item is one. */
  #message: MessageItem | null = null;
  #nextItem = 0;
  #response: string;
  #model = '';
  #usage: Usage | null = null;
  #refusalText = false;
  #ended = false;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#response = responseId('', context.requestId);
  }

  get response(): string {
    return this.#response;
  }

  done(index: number, item: JsonObject): void {
    this.#items[index] = item;
  }

  write(part: StreamPart): string {
    if (this.#ended) return '';
    switch (part.type) {
      case 'text_delta':
      case 'arguments_delta':
        return part.text === '' ? '' : (this.#blocks.get(part.index)?.delta(part.text) ?? '');
      case 'block_start':
        return this.#begin(part.index, part.block);
      case 'citation':
        return this.#blocks.get(part.index)?.citation(part.citation) ?? '';
      case 'seal':
        this.#blocks.get(part.index)?.seal(part.seal);
        return '';
      case 'block_end':
        return this.#end(part.index);
      case 'ping':
        return ': ping\n\n';
      case 'start':
        return this.#start(part);
      case 'finish':
        return this.#finish(part);
      case 'error':
        return this.#fail(part.error);
    }
  }

  #start({ id, model, usage }: Extract<StreamPart, { type: 'start' }>): string {
    this.#response = responseId(id, this.#context.requestId);
    this.#model = model;
    this.#usage = usage;
    // The two events hold the same response, with all the tools of the request: one text for both.
    const rest = JSON.stringify({ response: this.#object({ status: 'in_progress' }) }).slice(1);
    return this.events.raw('response.created', rest) + this.events.raw('response.in_progress', rest);
  }

  #begin(index: number, block: BlockStart): string {
    if (block.type === 'text' || block.type === 'refusal') return this.#beginWords(index, block.type);
    const writer = this.#itemWriter(block);
    if (writer === null) return '';
    const closed = this.#closeMessage('completed');
    this.#blocks.set(index, writer);
    return closed + writer.begin();
  }

  #beginWords(index: number, type: 'text' | 'refusal'): string {
    if (type === 'refusal') this.#refusalText = true;
    const isNew = this.#message === null;
    const message = this.#message ?? new MessageItem(this, this.#nextItem++);
    this.#message = message;
    const begun = isNew ? message.begin() : '';
    const writer = new WordsBlock(type, message, this.events);
    this.#blocks.set(index, writer);
    return begun + writer.begin();
  }

  /** null: what a provider ran by itself and this dialect has no item for. */
  #itemWriter(block: Exclude<BlockStart, { type: 'text' | 'refusal' }>): BlockWriter | null {
    switch (block.type) {
      case 'reasoning':
        return new ReasoningBlock(this, this.#nextItem++);
      case 'tool_call':
        return new CallBlock(block, this, this.#nextItem++);
      case 'server_tool':
        return isWebSearch(block) ? new WebSearchBlock(block, this, this.#nextItem++) : null;
    }
  }

  #end(index: number): string {
    const writer = this.#blocks.get(index);
    this.#blocks.delete(index);
    return writer?.end() ?? '';
  }

  #closeMessage(status: 'completed' | 'incomplete'): string {
    const message = this.#message;
    this.#message = null;
    return message?.close(status) ?? '';
  }

  #finish({ finish, usage, serviceTier }: Extract<StreamPart, { type: 'finish' }>): string {
    const ending = endingOf(finish, this.#refusalText);
    const left = [...this.#blocks.keys()].map((index) => this.#end(index)).join('');
    const closed = this.#closeMessage(ending.status);
    this.#ended = true;
    this.#usage = usage ?? this.#usage;
    const response = this.#object({
      status: ending.status,
      usage: this.#usage,
      serviceTier,
      ...(ending.status === 'incomplete' ? { incompleteReason: ending.reason } : {}),
    });
    return left + closed + this.events.event(`response.${ending.status}`, { response });
  }

  /** OpenAI sends both: SDKs raise on the first, others wait for the second. */
  #fail(error: ProviderError): string {
    this.#ended = true;
    const { message, param } = error;
    const response = this.#object({ status: 'failed', error: { code: failureCode(error), message } });
    return (
      this.events.event('error', { code: codeOf(error) ?? failureCode(error), message, param }) +
      this.events.event('response.failed', { response })
    );
  }

  #object(answer: Pick<Answer, 'status'> & Partial<Answer>): JsonObject {
    return responseObject(
      { id: this.#response, model: this.#model, output: this.#items.filter(Boolean), usage: null, ...answer },
      this.#context,
    );
  }
}
