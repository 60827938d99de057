import type { JsonObject } from '../../domain/call.ts';
import { numberOf, objectAt, textOf } from '../../json.ts';
import type { StreamPart } from '../hub/reply.ts';
import type { ToolNames } from '../hub/tool-names.ts';
import { missingCallId } from './read-reply.ts';
import type { Blocks } from './stream-blocks.ts';

/** A call while it comes. Its block begins as soon as its name is known; what came before waits. */
interface Call {
  readonly slot: number | null;
  id: string;
  name: string;
  waiting: string;
  block: number | null;
}

/**
 * Puts the pieces of tool calls together. OpenAI says index, id and name once and then the arguments by index. Others send
 * no index (Mistral, some of Gemini's), the same index for every call with another id (Gemini), no id (Ollama once), an
 * empty name in what follows (Mistral), or all of it every time. A piece begins a call when it has a name and is of no call
 * that is known.
 */
export class StreamedCalls {
  readonly #calls: Call[] = [];
  readonly #blocks: Blocks;
  readonly #names: ToolNames;

  constructor(blocks: Blocks, names: ToolNames) {
    this.#blocks = blocks;
    this.#names = names;
  }

  get any(): boolean {
    return this.#calls.some(({ block }) => block !== null);
  }

  piece(piece: JsonObject, replyId: string, out: StreamPart[]): void {
    const called = objectAt(piece, 'function');
    const call = this.#callOf(numberOf(piece.index), textOf(piece.id), textOf(called.name));
    if (call.block === null && call.name !== '') this.#begin(call, replyId, out);
    const { arguments: args } = called;
    const text = typeof args === 'object' && args !== null ? JSON.stringify(args) : textOf(args);
    if (text === '') return;
    if (call.block === null) call.waiting += text;
    else out.push({ type: 'arguments_delta', index: call.block, text });
  }

  end(out: StreamPart[]): void {
    for (const { block } of this.#calls) {
      if (block !== null) out.push({ type: 'block_end', index: block });
    }
  }

  #callOf(slot: number | null, id: string, name: string): Call {
    const known = this.#known(slot, id, name);
    if (known !== undefined) {
      known.id ||= id;
      known.name ||= name;
      return known;
    }
    const call: Call = { slot, id, name, waiting: '', block: null };
    this.#calls.push(call);
    return call;
  }

  #known(slot: number | null, id: string, name: string): Call | undefined {
    const byId = id === '' ? undefined : this.#calls.findLast((call) => call.id === id);
    if (byId !== undefined) return byId;
    const candidate = slot === null ? this.#calls.at(-1) : this.#calls.findLast((call) => call.slot === slot);
    if (name === '' || candidate === undefined || candidate.name === '') return candidate;
    // A name is said again: of the same call if index and name are its own, and no other id. An id alone may be a slip.
    const another = slot === null || id !== '' || name !== candidate.name;
    return another ? undefined : candidate;
  }

  #begin(call: Call, replyId: string, out: StreamPart[]): void {
    this.#blocks.endWords(out);
    call.id ||= missingCallId(replyId, this.#calls.indexOf(call));
    const kind = this.#names.kindOf(call.name);
    const name = this.#names.received(call.name);
    call.block = this.#blocks.open({ type: 'tool_call', id: call.id, name, kind }, out);
    if (call.waiting !== '') out.push({ type: 'arguments_delta', index: call.block, text: call.waiting });
    call.waiting = '';
  }
}
