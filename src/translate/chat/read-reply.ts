import type { JsonObject } from '../../domain/call.ts';
import { asObject, objectAt, objectsIn, textOf } from '../../json.ts';
import { chatUsage } from '../../usage/chat.ts';
import type { AssistantPart, Citation, ReasoningPart, ToolCallPart } from '../hub/conversation.ts';
import { unwrapCustomInput } from '../hub/custom-tools.ts';
import type { Reply } from '../hub/reply.ts';
import type { ToolNames } from '../hub/tool-names.ts';
import type { ReadContext } from '../hub/translator.ts';
import { readAnnotations, readSources } from './citations.ts';
import { piecesOf, reasoningOf } from './content-array.ts';
import { given } from './fields.ts';
import { isBroken, readFinishReason } from './finish-reason.ts';
import { providerSeal } from './thinking-blocks.ts';

/**
 * A `chat.completion` of OpenAI or of a server that imitates it. Its first choice: the gateway asks for no more.
 * @throws Error when it is none, or one that broke off.
 */
export function readReply(body: JsonObject, { provider, names }: ReadContext): Reply {
  const [choice] = objectsIn(body.choices);
  const message = asObject(choice?.message);
  if (choice === undefined || message === null)
    throw new Error('a chat completion has a choice with a message');
  const reason = textOf(choice.finish_reason);
  if (isBroken(reason)) throw new Error(`the answer broke off: ${reason}`);
  const id = textOf(body.id);
  const calls = readToolCalls(message, id, names);
  return {
    id,
    model: textOf(body.model),
    content: [
      ...readReasoning(message, provider.id),
      ...readWords(message, citationsOf(message, body)),
      ...calls,
    ],
    finish: { reason: readFinishReason(reason, calls.length > 0), stopSequence: null },
    usage: chatUsage(body.usage),
    ...given('serviceTier', textOf(body.service_tier) || undefined),
    ...given('logprobs', asObject(choice.logprobs) ?? undefined),
  };
}

function readReasoning(message: JsonObject, provider: string): ReasoningPart[] {
  const blocks = objectsIn(message.thinking_blocks).map((block): ReasoningPart => {
    return { type: 'reasoning', text: textOf(block.thinking), seal: providerSeal(block, provider), at: '' };
  });
  if (blocks.length > 0) return blocks;
  const text = reasoningOf(message);
  return text === '' ? [] : [{ type: 'reasoning', text, seal: null, at: '' }];
}

/** Pieces in their order. The citations count from the start of the content, so they are of its first text. */
function readWords(message: JsonObject, citations: readonly Citation[]): AssistantPart[] {
  const parts = piecesOf(message.content).map((piece): AssistantPart => {
    return piece.type === 'reasoning' ? { ...piece, type: 'reasoning', seal: null, at: '' } : plain(piece);
  });
  const first = parts.findIndex(({ type }) => type === 'text');
  const text = parts[first];
  if (citations.length > 0 && text?.type === 'text') parts[first] = { ...text, citations };
  const refusal = textOf(message.refusal);
  return refusal === '' ? parts : [...parts, { type: 'refusal', text: refusal, at: '' }];
}

function plain({
  type,
  text,
}: {
  readonly type: 'text' | 'refusal' | 'reasoning';
  readonly text: string;
}): AssistantPart {
  return type === 'refusal' ? { type, text, at: '' } : { type: 'text', text, at: '' };
}

function citationsOf(message: JsonObject, body: JsonObject): Citation[] {
  const annotations = readAnnotations(message.annotations);
  return annotations.length > 0 ? annotations : readSources(body);
}

function readToolCalls(message: JsonObject, replyId: string, names: ToolNames): ToolCallPart[] {
  return objectsIn(message.tool_calls).map((call, i) => {
    const called = objectAt(call, 'function');
    const received = textOf(called.name);
    const kind = names.kindOf(received);
    const text = argumentsOf(called);
    return {
      type: 'tool_call',
      id: textOf(call.id) || missingCallId(replyId, i),
      name: names.received(received),
      arguments: kind === 'custom' ? unwrapCustomInput(text) : text,
      kind,
      at: '',
    };
  });
}

/** Text, byte for byte; some servers send the object itself. */
function argumentsOf({ arguments: args }: JsonObject): string {
  const object = asObject(args);
  return object === null ? textOf(args) || '{}' : JSON.stringify(object);
}

/** An id for a call that came without one: the same at every reading, another one in every answer. */
export function missingCallId(replyId: string, index: number): string {
  return `call_${replyId.replace(/[^A-Za-z0-9]/g, '').slice(-24)}_${index}`;
}
