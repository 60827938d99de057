import type { JsonObject } from '../../domain/call.ts';
import { objectsIn } from '../../json.ts';
import type { Citation } from '../hub/conversation.ts';
import type { BlockStart, StreamPart } from '../hub/reply.ts';
import type { ReadContext } from '../hub/translator.ts';
import { callText, messagePart, sealOf, toolBlock } from './read-output.ts';
import { PARAGRAPH, reasoningText } from './reasoning.ts';

type Words = 'text' | 'refusal';

interface Open {
  /** Of the block. */
  readonly index: number;
  /** Characters of it that have gone out. */
  sent: number;
}

interface OpenReasoning extends Open {
  /** A summary or the reasoning itself: what came first is shown, not both. */
  readonly source: 'summary' | 'content';
  part: number;
}

/** More parts than a message has: makes one number of the place of an item and that of a part in it. */
const PARTS = 4096;

/** The items of a provider's stream that have begun, as blocks. Every method answers what it makes of an event. */
export class OpenItems {
  readonly #context: ReadContext;
  readonly #words = new Map<number, Open>();
  readonly #calls = new Map<number, Open>();
  readonly #reasoning = new Map<number, OpenReasoning>();
  /** By place in the output. */
  readonly #done = new Set<number>();
  /** Messages of which some text came. */
  readonly #begun = new Set<number>();
  #blocks = 0;
  #holdsCalls = false;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  /** Something of the answer has come. */
  get any(): boolean {
    return this.#blocks > 0;
  }

  get holdsCalls(): boolean {
    return this.#holdsCalls;
  }

  /** Calls begin here; messages and reasoning with their first text, since they may have none. */
  added(output: number, item: JsonObject): StreamPart[] {
    const block = toolBlock(item, this.#context);
    if (block?.type !== 'tool_call') return [];
    const out: StreamPart[] = [];
    this.#call(output, block, out);
    return out;
  }

  partDone(output: number, content: number): StreamPart[] {
    return this.#close(this.#words, output * PARTS + content);
  }

  wordsDelta(output: number, content: number, type: Words, text: string): StreamPart[] {
    if (text === '') return [];
    const out: StreamPart[] = [];
    const key = output * PARTS + content;
    const open = this.#words.get(key) ?? this.#openWords(output, key, type, out);
    open.sent += text.length;
    out.push({ type: 'text_delta', index: open.index, text });
    return out;
  }

  /** What the deltas left out of the whole text. */
  wordsRest(output: number, content: number, type: Words, whole: string): StreamPart[] {
    const sent = this.#words.get(output * PARTS + content)?.sent ?? 0;
    return whole.length > sent ? this.wordsDelta(output, content, type, whole.slice(sent)) : [];
  }

  citation(output: number, content: number, citation: Citation): StreamPart[] {
    const open = this.#words.get(output * PARTS + content);
    return open === undefined ? [] : [{ type: 'citation', index: open.index, citation }];
  }

  argumentsDelta(output: number, text: string): StreamPart[] {
    const open = this.#calls.get(output);
    if (open === undefined || text === '') return [];
    open.sent += text.length;
    return [{ type: 'arguments_delta', index: open.index, text }];
  }

  reasoningDelta(output: number, source: OpenReasoning['source'], part: number, text: string): StreamPart[] {
    const out: StreamPart[] = [];
    const open = this.#reasoning.get(output) ?? this.#openReasoning(output, source, part, out);
    if (open.source !== source) return out;
    if (text === '') return out;
    if (open.part !== part) out.push({ type: 'text_delta', index: open.index, text: PARAGRAPH });
    open.part = part;
    out.push({ type: 'text_delta', index: open.index, text });
    return out;
  }

  /** The whole item: what was not told of it in pieces is told now, once. */
  done(output: number, item: JsonObject): StreamPart[] {
    if (this.#done.has(output)) return [];
    this.#done.add(output);
    if (item.type === 'reasoning') return this.#reasoningDone(output, item);
    const block = toolBlock(item, this.#context);
    if (block?.type === 'tool_call') return this.#callDone(output, block, item);
    return block === null ? this.#messageDone(output, item) : this.#serverTool(block);
  }

  /** Blocks whose end never came. */
  closeAll(): StreamPart[] {
    return [this.#words, this.#reasoning, this.#calls].flatMap((open) =>
      [...open.keys()].flatMap((key) => this.#close(open, key)),
    );
  }

  #begin(block: BlockStart, out: StreamPart[]): Open {
    const index = this.#blocks++;
    out.push({ type: 'block_start', index, block });
    return { index, sent: 0 };
  }

  #openWords(output: number, key: number, type: Words, out: StreamPart[]): Open {
    this.#begun.add(output);
    const open = this.#begin({ type }, out);
    this.#words.set(key, open);
    return open;
  }

  #openReasoning(
    output: number,
    source: OpenReasoning['source'],
    part: number,
    out: StreamPart[],
  ): OpenReasoning {
    const open = { ...this.#begin({ type: 'reasoning' }, out), source, part };
    this.#reasoning.set(output, open);
    return open;
  }

  #call(output: number, block: BlockStart, out: StreamPart[]): Open {
    const known = this.#calls.get(output);
    if (known !== undefined) return known;
    this.#holdsCalls = true;
    const open = this.#begin(block, out);
    this.#calls.set(output, open);
    return open;
  }

  #callDone(output: number, block: BlockStart, item: JsonObject): StreamPart[] {
    const out: StreamPart[] = [];
    const { sent } = this.#call(output, block, out);
    out.push(...this.argumentsDelta(output, callText(item).slice(sent)));
    return [...out, ...this.#close(this.#calls, output)];
  }

  #serverTool(block: BlockStart): StreamPart[] {
    const out: StreamPart[] = [];
    const { index } = this.#begin(block, out);
    return [...out, { type: 'block_end', index }];
  }

  #reasoningDone(output: number, item: JsonObject): StreamPart[] {
    const out: StreamPart[] = [];
    const text = reasoningText(item);
    const seal = sealOf(item, this.#context);
    if (!this.#reasoning.has(output) && text !== '')
      out.push(...this.reasoningDelta(output, 'summary', 0, text));
    if (seal !== null) {
      const { index } = this.#reasoning.get(output) ?? this.#openReasoning(output, 'summary', 0, out);
      out.push({ type: 'seal', index, seal });
    }
    return [...out, ...this.#close(this.#reasoning, output)];
  }

  /**
   * A message of which nothing came is told whole. Else only its end is: AWS's server counts parts in the events from another
   * number than they have in the item, so the two cannot be compared.
   */
  #messageDone(output: number, item: JsonObject): StreamPart[] {
    if (!this.#begun.has(output)) {
      return objectsIn(item.content).flatMap((part, content) => this.#wholePart(output, content, part));
    }
    const open = [...this.#words.keys()].filter((key) => Math.floor(key / PARTS) === output);
    return open.flatMap((key) => this.#close(this.#words, key));
  }

  #wholePart(output: number, content: number, part: JsonObject): StreamPart[] {
    const [whole] = messagePart(part);
    if (whole?.type !== 'text' && whole?.type !== 'refusal') return [];
    const text = this.wordsDelta(output, content, whole.type, whole.text);
    const citations = whole.type === 'text' ? (whole.citations ?? []) : [];
    const cited = citations.flatMap((citation) => this.citation(output, content, citation));
    return [...text, ...cited, ...this.#close(this.#words, output * PARTS + content)];
  }

  #close(opened: Map<number, Open>, key: number): StreamPart[] {
    const open = opened.get(key);
    if (open === undefined) return [];
    opened.delete(key);
    return [{ type: 'block_end', index: open.index }];
  }
}
