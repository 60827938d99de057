import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { asObject, objectAt, objectsIn, textOf } from '../../json.ts';
import { geminiUsage } from '../../usage/gemini.ts';
import { unwrapCustomInput } from '../hub/custom-tools.ts';
import type { ProviderError, StreamPart } from '../hub/reply.ts';
import type { ReadContext, StreamReader } from '../hub/translator.ts';
import { AnswerBlocks } from './answer-blocks.ts';
import { citationsOf, sourcesIn } from './citations.ts';
import { errorIn, firstObject } from './error.ts';
import { finishReasonOf } from './finish-reason.ts';
import { PartialArguments } from './partial-arguments.ts';
import { isServerPart, serverBlock } from './server-parts.ts';
import { uncarried } from './uncarried.ts';

/** A function call of which more may come. */
interface OpenCall {
  readonly call: JsonObject;
  readonly signature: string;
  readonly args: PartialArguments;
}

/**
 * Reads an answer, whole or in chunks: each chunk of a stream is a GenerateContentResponse of its own
 * (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent), and there is no last event. The finish
 * waits for `end()`, since usage and the sources of a search may follow the chunk that tells it.
 */
export class AnswerReader implements StreamReader {
  readonly #names: ReadContext['names'];
  readonly #provider: string;
  readonly #blocks: AnswerBlocks;
  #state: 'new' | 'started' | 'failed' = 'new';
  #id = '';
  #calls = 0;
  #openCall: OpenCall | null = null;
  #sources: JsonObject = {};
  #usage: Usage | null = null;
  #finishReason = '';

  constructor({ names, provider }: ReadContext) {
    this.#names = names;
    this.#provider = provider.id;
    this.#blocks = new AnswerBlocks(provider.id, (text) => this.#citations(text));
  }

  event(_name: string, data: string): StreamPart[] {
    return this.read(firstObject(parse(data)));
  }

  read(chunk: JsonObject): StreamPart[] {
    if (this.#state === 'failed') return [];
    const error = errorIn(chunk);
    if (error !== null) {
      this.#fail(error);
      return this.#blocks.take();
    }
    this.#usage = geminiUsage(chunk.usageMetadata) ?? this.#usage;
    if (this.#state === 'new' && isAnswer(chunk)) this.#start(chunk);
    // Only one candidate is ever asked for.
    const [candidate] = objectsIn(chunk.candidates);
    if (candidate !== undefined) this.#candidate(candidate);
    // A refused prompt has no candidates at all.
    if (textOf(objectAt(chunk, 'promptFeedback').blockReason) !== '') this.#finishReason = 'SAFETY';
    return this.#blocks.take();
  }

  end(): StreamPart[] {
    if (this.#state !== 'started') return [];
    this.#endCall();
    this.#blocks.end();
    if (this.#finishReason !== '') {
      const reason = finishReasonOf(this.#finishReason, this.#calls > 0);
      this.#blocks.put({ type: 'finish', finish: { reason, stopSequence: null }, usage: this.#usage });
    }
    return this.#blocks.take();
  }

  #fail(error: ProviderError): void {
    this.#state = 'failed';
    this.#blocks.put({ type: 'error', error });
  }

  #start({ responseId, modelVersion }: JsonObject): void {
    this.#state = 'started';
    this.#id = textOf(responseId);
    this.#blocks.put({ type: 'start', id: this.#id, model: textOf(modelVersion), usage: this.#usage });
  }

  #candidate(candidate: JsonObject): void {
    Object.assign(this.#sources, sourcesIn(candidate));
    for (const part of objectsIn(objectAt(candidate, 'content').parts)) {
      const message = uncarried(part, this.#provider);
      if (message !== null) {
        this.#fail({ status: 501, type: 'not_implemented', code: 'not_implemented', message, param: null });
        return;
      }
      this.#part(part);
    }
    this.#finishReason = textOf(candidate.finishReason) || this.#finishReason;
  }

  #part(part: JsonObject): void {
    const signature = textOf(part.thoughtSignature);
    const call = asObject(part.functionCall);
    if (call !== null) {
      this.#functionCall(call, signature);
      return;
    }
    this.#endCall();
    if (typeof part.text === 'string') {
      if (part.thought === true) this.#blocks.thought(part.text, signature);
      else this.#blocks.text(part.text, signature);
    } else if (isServerPart(part)) this.#blocks.whole(serverBlock(part), null, '');
  }

  /** Told at once, but for arguments in pieces: what is without a name goes on with the call before. */
  #functionCall(call: JsonObject, signature: string): void {
    if (textOf(call.name) !== '') {
      this.#endCall();
      this.#openCall = { call, signature, args: new PartialArguments() };
    }
    this.#openCall?.args.add(call.partialArgs);
    if (call.willContinue !== true) this.#endCall();
  }

  #endCall(): void {
    if (this.#openCall === null) return;
    const { call, signature, args } = this.#openCall;
    this.#openCall = null;
    this.#calls++;
    const received = textOf(call.name);
    const kind = this.#names.kindOf(received);
    const id = textOf(call.id) || this.#callId();
    const text = asObject(call.args) === null ? args.text() : JSON.stringify(call.args);
    this.#blocks.whole(
      { type: 'tool_call', id, name: this.#names.received(received), kind },
      kind === 'custom' ? unwrapCustomInput(text) : text,
      signature,
    );
  }

  /** Older models give calls no id. The answer's own id keeps two turns of a conversation apart. */
  #callId(): string {
    return this.#id === '' ? `call_${this.#calls}` : `call_${this.#id}_${this.#calls}`;
  }

  #citations(text: string) {
    const citations = citationsOf(this.#sources, text);
    this.#sources = {};
    return citations;
  }
}

function isAnswer(chunk: JsonObject): boolean {
  return (
    chunk.candidates !== undefined || chunk.promptFeedback !== undefined || chunk.responseId !== undefined
  );
}

function parse(data: string): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    return null;
  }
}
