import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import type { Citation, ReasoningSeal } from '../hub/conversation.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';
import type { ReplyContext, StreamWriter } from '../hub/translator.ts';
import { answerId } from './answer-id.ts';
import { annotationsOf } from './citations.ts';
import { writeError } from './error.ts';
import { writeFinishReason } from './finish-reason.ts';
import { asksForUsage } from './read-request.ts';
import { thinkingBlock } from './thinking-blocks.ts';
import { writeUsage } from './usage.ts';

interface OpenBlock {
  readonly start: BlockStart;
  /** Of a call: its place among the calls. Of a text: where it begins in the content. */
  readonly place: number;
  /** Of reasoning only: its seal comes with the whole text. */
  text: string;
  length: number;
  citations: Citation[];
  seal: ReasoningSeal | null;
}

/**
 * Writes `chat.completion.chunk`s: the role first, then deltas as they come (Chat lets calls interleave), the finish reason,
 * the usage in a chunk without choices if the client asked, `[DONE]`. An error is an `error` object, which OpenAI's SDKs
 * throw, and nothing follows it: `[DONE]` would make a broken answer look finished.
 */
export class ChatStreamWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #withUsage: boolean;
  readonly #open = new Map<number, OpenBlock>();
  #head = '';
  #calls = 0;
  #textLength = 0;
  #over = false;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#withUsage = asksForUsage(context.request);
  }

  write(part: StreamPart): string {
    if (this.#over) return '';
    switch (part.type) {
      case 'start':
        return this.#start(part.id, part.model);
      case 'block_start':
        return this.#startBlock(part.index, part.block);
      case 'text_delta':
      case 'arguments_delta':
        return this.#delta(part.index, part.text);
      case 'citation':
        this.#open.get(part.index)?.citations.push(part.citation);
        return '';
      case 'seal': {
        const block = this.#open.get(part.index);
        if (block !== undefined) block.seal = part.seal;
        return '';
      }
      case 'block_end':
        return this.#endBlock(part.index);
      case 'ping':
        // A comment: it keeps proxies from closing a stream that thinks for long, and no client reads it.
        return ': ping\n\n';
      case 'finish':
        this.#over = true;
        return this.#finish(writeFinishReason(part.finish.reason), part.usage);
      case 'error':
        this.#over = true;
        return `data: ${JSON.stringify(writeError(part.error))}\n\n`;
    }
  }

  #start(id: string, model: string): string {
    const { requestId, created } = this.#context;
    const head = { id: answerId(id, requestId), object: 'chat.completion.chunk', created, model };
    this.#head = `data: ${JSON.stringify(head).slice(0, -1)},"choices":`;
    return this.#chunk('{"role":"assistant","content":"","refusal":null}');
  }

  #startBlock(index: number, start: BlockStart): string {
    const place = start.type === 'tool_call' ? this.#calls++ : this.#textLength;
    this.#open.set(index, { start, place, text: '', length: 0, citations: [], seal: null });
    if (start.type !== 'tool_call') return '';
    const { id, name, kind } = start;
    return this.#call(
      place,
      kind === 'custom'
        ? { id, type: 'custom', custom: { name, input: '' } }
        : { id, type: 'function', function: { name, arguments: '' } },
    );
  }

  #delta(index: number, text: string): string {
    const block = this.#open.get(index);
    if (block === undefined || text === '') return '';
    block.length += text.length;
    switch (block.start.type) {
      case 'text':
        this.#textLength += text.length;
        return this.#chunk(`{"content":${JSON.stringify(text)}}`);
      case 'refusal':
        return this.#chunk(`{"refusal":${JSON.stringify(text)}}`);
      case 'reasoning':
        block.text += text;
        return this.#chunk(`{"reasoning_content":${JSON.stringify(text)}}`);
      case 'tool_call':
        return this.#arguments(block, text);
      case 'server_tool':
        return '';
    }
  }

  #arguments({ start, place }: OpenBlock, text: string): string {
    const custom = start.type === 'tool_call' && start.kind === 'custom';
    return this.#call(place, custom ? { custom: { input: text } } : { function: { arguments: text } });
  }

  #endBlock(index: number): string {
    const block = this.#open.get(index);
    this.#open.delete(index);
    if (block === undefined) return '';
    const { start, place, length, citations, seal, text } = block;
    if (start.type === 'tool_call') {
      return length === 0 && start.kind === 'function' ? this.#arguments(block, '{}') : '';
    }
    if (seal !== null) return this.#chunk(JSON.stringify({ thinking_blocks: [thinkingBlock(text, seal)] }));
    const annotations = start.type === 'text' ? annotationsOf(citations, place, place + length) : [];
    return annotations.length === 0 ? '' : this.#chunk(JSON.stringify({ annotations }));
  }

  #call(index: number, call: JsonObject): string {
    return this.#chunk(JSON.stringify({ tool_calls: [{ index, ...call }] }));
  }

  #finish(reason: string, usage: Usage | null): string {
    const last = this.#chunk('{}', `"${reason}"`);
    const counts =
      this.#withUsage && usage !== null
        ? `${this.#head}[],"usage":${JSON.stringify(writeUsage(usage))}}\n\n`
        : '';
    return `${last}${counts}data: [DONE]\n\n`;
  }

  /** Where usage is asked for, every chunk but the one that has it says null: so OpenAI documents it. */
  #chunk(delta: string, finish = 'null'): string {
    const usage = this.#withUsage ? ',"usage":null' : '';
    return `${this.#head}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${usage}}\n\n`;
  }
}
