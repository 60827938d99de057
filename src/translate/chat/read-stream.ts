import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, objectsIn, parseObject, textOf } from '../../json.ts';
import { typeOf } from '../../streams/event-lines.ts';
import { chatUsage } from '../../usage/chat.ts';
import type { Citation } from '../hub/conversation.ts';
import { CustomToolUnwrapper } from '../hub/custom-tools.ts';
import type { StreamPart } from '../hub/reply.ts';
import type { ReadContext, StreamReader } from '../hub/translator.ts';
import { readAnnotations, readSources } from './citations.ts';
import { piecesOf, reasoningOf } from './content-array.ts';
import { readStreamError } from './error.ts';
import { given } from './fields.ts';
import { isBroken, readFinishReason } from './finish-reason.ts';
import { Blocks } from './stream-blocks.ts';
import { StreamedCalls } from './stream-calls.ts';
import { providerSeal } from './thinking-blocks.ts';

/**
 * Reads the chunks of OpenAI and of servers that imitate it. The finish waits for `[DONE]` or the end of the stream, since
 * usage comes behind the finish reason; some servers send no `[DONE]`, others no finish reason, and either ends an answer.
 */
export class ChatStreamReader implements StreamReader {
  readonly #provider: string;
  readonly #blocks = new Blocks();
  readonly #calls: StreamedCalls;
  readonly #unwrapper = new CustomToolUnwrapper();
  #state: 'new' | 'started' | 'over' = 'new';
  #id = '';
  #reason: string | null = null;
  #usage: JsonValue | undefined;
  #tier: string | undefined;
  #sources: readonly Citation[] = [];
  #cited = false;

  constructor({ provider, names }: ReadContext) {
    this.#provider = provider.id;
    this.#calls = new StreamedCalls(this.#blocks, names);
  }

  event(name: string, data: string): readonly StreamPart[] {
    if (this.#state === 'over') return NOTHING;
    if (data.startsWith('[DONE]')) return this.#finish();
    const chunk = parseObject(data);
    if (typeOf(name, chunk) === 'error' || chunk?.object === 'error') {
      return this.#fail(chunk ?? { error: { message: data } });
    }
    if (chunk === null) return NOTHING;
    const out: StreamPart[] = [];
    this.#read(chunk, out);
    return this.#calls.any ? out.flatMap((part) => this.#unwrapper.push(part)) : out;
  }

  end(): readonly StreamPart[] {
    return this.#state === 'over' || this.#reason === null ? NOTHING : this.#finish();
  }

  #read(chunk: JsonObject, out: StreamPart[]): void {
    const choice = objectsIn(chunk.choices).find(({ index }) => index === undefined || index === 0);
    // Azure's first chunk has neither id nor model nor choice.
    if (choice !== undefined || textOf(chunk.id) !== '') this.#start(chunk, out);
    if (chunk.usage) this.#usage = chunk.usage;
    if (typeof chunk.service_tier === 'string') this.#tier = chunk.service_tier;
    if (chunk.search_results !== undefined || chunk.citations !== undefined)
      this.#sources = readSources(chunk);
    if (choice !== undefined) this.#readChoice(choice, out);
  }

  #start(chunk: JsonObject, out: StreamPart[]): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#id = textOf(chunk.id);
    out.push({ type: 'start', id: this.#id, model: textOf(chunk.model), usage: null });
  }

  #readChoice(choice: JsonObject, out: StreamPart[]): void {
    // Some send the whole message beside every delta, others the message instead of one.
    const delta = asObject(choice.delta) ?? asObject(choice.message);
    if (delta !== null) this.#readDelta(delta, out);
    const reason = textOf(choice.finish_reason);
    if (isBroken(reason) || asObject(choice.error) !== null) {
      out.push(
        ...this.#fail({ error: asObject(choice.error) ?? { message: `The answer broke off: ${reason}` } }),
      );
    } else if (reason !== '') this.#reason = reason;
  }

  #readDelta(delta: JsonObject, out: StreamPart[]): void {
    const reasoning = reasoningOf(delta);
    if (reasoning !== '') this.#blocks.words({ type: 'reasoning', text: reasoning }, out);
    if (delta.thinking_blocks) this.#readThinking(delta.thinking_blocks, reasoning !== '', out);
    for (const piece of piecesOf(delta.content)) this.#blocks.words(piece, out);
    const refusal = textOf(delta.refusal);
    if (refusal !== '') this.#blocks.words({ type: 'refusal', text: refusal }, out);
    if (delta.annotations) this.#cite(readAnnotations(delta.annotations), out);
    if (delta.tool_calls) {
      for (const piece of objectsIn(delta.tool_calls)) this.#calls.piece(piece, this.#id, out);
    }
  }

  /** LiteLLM's blocks, in pieces or whole at the end. Their text is in `reasoning_content` too, or has been. */
  #readThinking(blocks: JsonValue, told: boolean, out: StreamPart[]): void {
    for (const block of objectsIn(blocks)) {
      const seal = providerSeal(block, this.#provider);
      const text = textOf(block.thinking);
      const repeats = told || (seal !== null && this.#blocks.reasons);
      if (text !== '' && !repeats) this.#blocks.words({ type: 'reasoning', text }, out);
      if (seal === null) continue;
      if (seal.origin === 'anthropic-redacted') this.#blocks.endWords(out);
      this.#blocks.seal(seal, out);
    }
  }

  #cite(citations: readonly Citation[], out: StreamPart[]): void {
    this.#cited ||= citations.length > 0;
    this.#blocks.cite(citations, out);
  }

  #finish(): StreamPart[] {
    if (this.#state !== 'started') return [];
    this.#state = 'over';
    const out: StreamPart[] = [];
    if (!this.#cited) this.#blocks.cite(this.#sources, out);
    this.#blocks.endWords(out);
    this.#calls.end(out);
    const reason = readFinishReason(this.#reason ?? '', this.#calls.any);
    return [
      ...out.flatMap((part) => this.#unwrapper.push(part)),
      {
        type: 'finish',
        finish: { reason, stopSequence: null },
        usage: chatUsage(this.#usage),
        ...given('serviceTier', this.#tier),
      },
    ];
  }

  #fail(event: JsonObject): StreamPart[] {
    this.#state = 'over';
    return [{ type: 'error', error: readStreamError(event) }];
  }
}

const NOTHING: readonly StreamPart[] = [];
