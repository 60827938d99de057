import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, parseObject, textOf } from '../../json.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';
import type { ReadContext } from '../hub/translator.ts';
import { readCitations } from './citations.ts';
import { sealOf } from './read-reply.ts';
import { isServerToolBlock, isServerToolCall, readServerTool } from './server-tools.ts';

/** One block of a streamed answer, from its start to its stop. */
export class BlockReader {
  readonly #block: JsonObject;
  readonly #index: number;
  readonly #context: ReadContext;
  #length = 0;
  /** JSON text of a server tool's input, which the hub wants whole. */
  #input = '';
  #signature: JsonValue | undefined;
  readonly #citations: JsonValue[] = [];

  private constructor(block: JsonObject, index: number, context: ReadContext) {
    this.#block = block;
    this.#index = index;
    this.#context = context;
    this.#signature = block.signature;
    if (Array.isArray(block.citations)) this.#citations.push(...block.citations);
  }

  /** null for a kind of block that the hub has no form of. */
  static of(block: JsonObject, index: number, context: ReadContext): BlockReader | null {
    const known = KINDS.has(textOf(block.type)) || isServerToolBlock(block);
    return known ? new BlockReader(block, index, context) : null;
  }

  start(): StreamPart[] {
    const block = this.#start();
    if (block === null) return [];
    const out: StreamPart[] = [{ type: 'block_start', index: this.#index, block }];
    // Some compatible servers put the beginning of the text here.
    return [...out, ...this.#text(this.#block.text), ...this.#text(this.#block.thinking)];
  }

  delta(delta: JsonObject): StreamPart[] {
    switch (delta.type) {
      case 'text_delta':
        return this.#text(delta.text);
      case 'thinking_delta':
        return this.#text(delta.thinking);
      case 'input_json_delta':
        return this.#inputJson(textOf(delta.partial_json));
      case 'signature_delta':
        this.#signature = delta.signature;
        return [];
      case 'citations_delta':
        if (delta.citation !== undefined) this.#citations.push(delta.citation);
        return [];
      default:
        return [];
    }
  }

  stop(): StreamPart[] {
    return [...this.#last(), { type: 'block_end', index: this.#index }];
  }

  #start(): BlockStart | null {
    const { names } = this.#context;
    switch (this.#block.type) {
      case 'text':
        return { type: 'text' };
      case 'thinking':
      case 'redacted_thinking':
        return { type: 'reasoning' };
      case 'tool_use': {
        const name = textOf(this.#block.name);
        return {
          type: 'tool_call',
          id: textOf(this.#block.id),
          name: names.received(name),
          kind: names.kindOf(name),
        };
      }
      default:
        // The call of a server tool is whole when its input is.
        return isServerToolCall(this.#block) ? null : serverTool(this.#block);
    }
  }

  #text(value: JsonValue | undefined): StreamPart[] {
    const text = textOf(value);
    if (text === '') return [];
    this.#length += text.length;
    return [{ type: 'text_delta', index: this.#index, text }];
  }

  #inputJson(text: string): StreamPart[] {
    if (text === '') return [];
    if (this.#block.type === 'tool_use') {
      this.#length += text.length;
      return [{ type: 'arguments_delta', index: this.#index, text }];
    }
    this.#input += text;
    return [];
  }

  /** What is only known at the end of the block. */
  #last(): StreamPart[] {
    const index = this.#index;
    switch (this.#block.type) {
      case 'text': {
        const citations = readCitations(this.#citations, this.#length);
        return citations.map((citation) => ({ type: 'citation', index, citation }));
      }
      case 'thinking':
      case 'redacted_thinking': {
        const seal = sealOf({ ...this.#block, signature: this.#signature }, this.#context);
        return seal === null ? [] : [{ type: 'seal', index, seal }];
      }
      case 'tool_use': {
        // No piece may have come for a tool without arguments, or all of them with the start.
        if (this.#length > 0) return [];
        const text = JSON.stringify(asObject(this.#block.input) ?? {});
        return [{ type: 'arguments_delta', index, text }];
      }
      default: {
        if (!isServerToolCall(this.#block)) return [];
        const input = this.#input === '' ? this.#block.input : (parseObject(this.#input) ?? {});
        return [{ type: 'block_start', index, block: serverTool({ ...this.#block, input }) }];
      }
    }
  }
}

const KINDS: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

function serverTool(block: JsonObject): BlockStart {
  const { type, id, name, phase, raw } = readServerTool(block, '');
  return { type, id, name, phase, raw };
}
