import type { JsonObject } from '../../domain/call.ts';
import { wrapCustomInput } from '../hub/custom-tools.ts';
import { OneAtATime } from '../hub/one-at-a-time.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';
import { packSeal } from '../hub/seal.ts';
import type { ReplyContext, StreamWriter } from '../hub/translator.ts';
import { writeCitation } from './citations.ts';
import { writeError } from './error.ts';
import { isServerToolBlock, isServerToolCall } from './server-tools.ts';
import { writeCounts, writeUsage } from './usage.ts';
import { messageHead, toolUseHead, writeStop } from './write-reply.ts';

/**
 * Writes the events of https://platform.claude.com/docs/en/build-with-claude/streaming: one block at a time, numbered in the
 * order in which they are written. A block whose kind depends on what it holds begins with its first piece; one that
 * holds nothing is never written, since clients send blocks back and the API refuses empty ones.
 */
export class MessagesStreamWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #inOrder = new OneAtATime();
  /** The block whose turn it is, and whether it has been begun on the wire. */
  #block: BlockStart = { type: 'text' };
  #begun = false;
  #index = -1;
  #customInput = '';
  /** Of a reasoning block, packed: it is written last. */
  #seal: string | null = null;
  #refusal: string | null = null;
  #calls = false;
  #ended = false;

  constructor(context: ReplyContext) {
    this.#context = context;
  }

  write(part: StreamPart): string {
    let out = '';
    for (const ready of this.#inOrder.push(part)) out += this.#ended ? '' : this.#writeOne(ready);
    return out;
  }

  #writeOne(part: StreamPart): string {
    switch (part.type) {
      case 'start':
        return this.#start(part);
      case 'block_start':
        return this.#blockStart(part.block);
      case 'text_delta':
        return this.#text(part.text);
      case 'arguments_delta':
        return this.#arguments(part.text);
      case 'citation':
        return (
          this.#begin('{"type":"text","text":""}') +
          this.#delta('citations_delta', 'citation', writeCitation(part.citation))
        );
      case 'seal':
        this.#seal = packSeal(part.seal);
        return '';
      case 'block_end':
        return this.#blockEnd();
      case 'ping':
        return event('ping', '{"type":"ping"}');
      case 'finish':
        return this.#finish(part);
      case 'error':
        this.#ended = true;
        return event('error', JSON.stringify(writeError(part.error, this.#context.requestId)));
    }
  }

  #start({ id, model, usage }: Extract<StreamPart, { type: 'start' }>): string {
    const message = {
      ...messageHead(id, model, this.#context),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: writeUsage(usage, undefined),
    };
    return event('message_start', JSON.stringify({ type: 'message_start', message }));
  }

  #blockStart(block: BlockStart): string {
    this.#block = block;
    this.#begun = false;
    this.#customInput = '';
    this.#seal = null;
    if (block.type === 'refusal') this.#refusal ??= '';
    if (block.type === 'server_tool') return this.#serverTool(block.raw);
    if (block.type !== 'tool_call') return '';
    this.#calls = true;
    return this.#begin(JSON.stringify({ ...toolUseHead(block.id, block.name), input: {} }));
  }

  #text(text: string): string {
    if (text === '') return '';
    if (this.#block.type === 'reasoning') {
      return (
        this.#begin('{"type":"thinking","thinking":"","signature":""}') +
        this.#delta('thinking_delta', 'thinking', text)
      );
    }
    if (this.#block.type === 'refusal') this.#refusal += text;
    return this.#begin('{"type":"text","text":""}') + this.#delta('text_delta', 'text', text);
  }

  #arguments(text: string): string {
    if (text === '') return '';
    if (this.#block.type === 'tool_call' && this.#block.kind === 'custom') {
      // An object with the text in it: its JSON is known when all of the text is.
      this.#customInput += text;
      return '';
    }
    return this.#delta('input_json_delta', 'partial_json', text);
  }

  /** The input of a call comes as JSON text, as that of a client's tool does; a result comes whole. */
  #serverTool(raw: JsonObject): string {
    if (!isServerToolBlock(raw)) return '';
    if (!isServerToolCall(raw)) return this.#begin(JSON.stringify(raw));
    return (
      this.#begin(JSON.stringify({ ...raw, input: {} })) +
      this.#delta('input_json_delta', 'partial_json', JSON.stringify(raw.input ?? {}))
    );
  }

  #blockEnd(): string {
    const last = this.#lastOfBlock();
    if (!this.#begun) return '';
    return last + event('content_block_stop', `{"type":"content_block_stop","index":${this.#index}}`);
  }

  #lastOfBlock(): string {
    const block = this.#block;
    if (block.type === 'tool_call' && block.kind === 'custom') {
      return this.#delta('input_json_delta', 'partial_json', wrapCustomInput(this.#customInput));
    }
    if (this.#seal === null) return '';
    if (this.#begun) return this.#delta('signature_delta', 'signature', this.#seal);
    return this.#begin(JSON.stringify({ type: 'redacted_thinking', data: this.#seal }));
  }

  #finish({ finish, usage, serviceTier }: Extract<StreamPart, { type: 'finish' }>): string {
    this.#ended = true;
    const delta = writeStop(finish, { calls: this.#calls, refusal: this.#refusal });
    const tier =
      serviceTier === undefined ? {} : { service_tier: writeUsage(null, serviceTier).service_tier };
    const last = { type: 'message_delta', delta, usage: { ...writeCounts(usage), ...tier } };
    return event('message_delta', JSON.stringify(last)) + event('message_stop', '{"type":"message_stop"}');
  }

  /** Begins the block on the wire if that has not happened yet. */
  #begin(block: string): string {
    if (this.#begun) return '';
    this.#begun = true;
    this.#index++;
    return event(
      'content_block_start',
      `{"type":"content_block_start","index":${this.#index},"content_block":${block}}`,
    );
  }

  #delta(type: string, member: string, value: string | JsonObject): string {
    return event(
      'content_block_delta',
      `{"type":"content_block_delta","index":${this.#index},"delta":{"type":"${type}","${member}":${JSON.stringify(value)}}}`,
    );
  }
}

function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
