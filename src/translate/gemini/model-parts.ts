import type { JsonObject } from '../../domain/call.ts';
import { parseObject } from '../../json.ts';
import type { AssistantMessage, AssistantPart, ReasoningPart, ToolCallPart } from '../hub/conversation.ts';
import { isSealOf } from '../hub/seal.ts';
import type { RequestContext } from '../hub/translator.ts';
import { mediaParts } from './media.ts';
import { isGemini3, isVertex } from './model.ts';
import { isServerPart } from './server-parts.ts';

/**
 * Lets a call pass that another model made, or whose signature the client did not keep: without one the third generation
 * refuses it (https://ai.google.dev/gemini-api/docs/thought-signatures#faqs).
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** What a model said before, as parts of its turn. */
export function modelParts({ content }: AssistantMessage, context: RequestContext): JsonObject[] {
  const own = content.filter((part) => part.type !== 'reasoning' || isOwn(part, context));
  for (const part of content) if (!own.includes(part)) context.losses.omitted(part.at);
  const signed = isGemini3(context.model);
  const writer = new ModelPartsWriter(context);
  for (const part of signed ? sealsBeforeCalls(own) : own) writer.add(part);
  return writer.end(signed);
}

function isOwn({ seal }: ReasoningPart, { provider }: RequestContext): boolean {
  return seal !== null && isSealOf(seal, provider.id, ['gemini']);
}

/**
 * Chat has one place for reasoning, before everything else, so a call's signature comes back before the text. Only the
 * signatures of calls are checked: it goes back to the first of them.
 */
function sealsBeforeCalls(parts: readonly AssistantPart[]): readonly AssistantPart[] {
  const firstCall = parts.findIndex(({ type }) => type === 'tool_call');
  const lastSeal = parts.findLastIndex(isLooseSeal);
  if (firstCall === -1 || lastSeal === -1) return parts;
  if (parts.some((part, i) => isLooseSeal(part) && parts[i + 1]?.type === 'tool_call')) return parts;
  const others = parts.toSpliced(lastSeal, 1);
  const at = others.findIndex(({ type }) => type === 'tool_call');
  return others.toSpliced(at, 0, ...parts.slice(lastSeal, lastSeal + 1));
}

/** A signature of the part that follows. */
function isLooseSeal(part: AssistantPart): boolean {
  return part.type === 'reasoning' && part.text === '';
}

class ModelPartsWriter {
  readonly #context: RequestContext;
  readonly #parts: JsonObject[] = [];
  /** The signature that the next part bears. */
  #signature = '';

  constructor(context: RequestContext) {
    this.#context = context;
  }

  add(part: AssistantPart): void {
    switch (part.type) {
      case 'reasoning':
        this.#reasoning(part);
        return;
      case 'text':
        if (part.citations !== undefined) this.#context.losses.omitted(`${part.at}.citations`);
        this.#text(part.text);
        return;
      case 'refusal':
        this.#text(part.text);
        return;
      case 'tool_call':
        this.#push({ functionCall: functionCall(part, this.#context) });
        return;
      case 'document':
        for (const inner of mediaParts(part, this.#context.losses)) this.#push(inner);
        return;
      case 'server_tool':
        if (isServerPart(part.raw)) this.#parts.push(part.raw);
        else this.#context.losses.omitted(part.at);
    }
  }

  end(signed: boolean): JsonObject[] {
    this.#flush();
    const firstCall = this.#parts.find(({ functionCall }) => functionCall !== undefined);
    if (signed && firstCall !== undefined) firstCall.thoughtSignature ??= NO_SIGNATURE;
    return this.#parts;
  }

  #reasoning({ text, seal }: ReasoningPart): void {
    this.#flush();
    const thoughtSignature = seal?.data ?? '';
    if (text === '') this.#signature = thoughtSignature;
    else this.#parts.push({ text, thought: true, thoughtSignature });
  }

  /** Gemini refuses empty texts. */
  #text(text: string): void {
    if (text !== '') this.#push({ text });
  }

  #push(part: JsonObject): void {
    if (this.#signature !== '') part.thoughtSignature = this.#signature;
    this.#signature = '';
    this.#parts.push(part);
  }

  /** At the end of an answer Gemini itself sends a signature with an empty text. */
  #flush(): void {
    if (this.#signature !== '') this.#push({ text: '' });
  }
}

function functionCall(part: ToolCallPart, { provider, names }: RequestContext): JsonObject {
  const name = names.sent(part.name);
  const args = part.kind === 'custom' ? { input: part.arguments } : argumentsOf(part.arguments);
  return isVertex(provider) ? { name, args } : { id: part.id, name, args };
}

/** Gemini takes nothing but an object: what a model wrote wrong before goes as a text, so that it is not lost. */
function argumentsOf(text: string): JsonObject {
  if (text.trim() === '') return {};
  return parseObject(text) ?? { arguments: text };
}
