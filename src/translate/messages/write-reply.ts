import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart, ReasoningPart, TextPart, ToolCallPart } from '../hub/conversation.ts';
import { wrapCustomInput } from '../hub/custom-tools.ts';
import { parseExact } from '../hub/exact-json.ts';
import type { Finish, Reply } from '../hub/reply.ts';
import { packSeal } from '../hub/seal.ts';
import { ANTHROPIC_NAMES, allowed } from '../hub/tool-names.ts';
import type { ReplyContext } from '../hub/translator.ts';
import { writeCitation } from './citations.ts';
import { writeStopReason } from './finish-reason.ts';
import { isServerToolBlock } from './server-tools.ts';
import { writeUsage } from './usage.ts';

export function writeReply(reply: Reply, context: ReplyContext): JsonObject {
  const refusal = reply.content.find((part) => part.type === 'refusal')?.text ?? null;
  const calls = reply.content.some((part) => part.type === 'tool_call');
  return {
    ...messageHead(reply.id, reply.model, context),
    content: reply.content.map(writeBlock).filter((block) => block !== null),
    ...writeStop(reply.finish, { calls, refusal }),
    usage: writeUsage(reply.usage, reply.serviceTier),
  };
}

/** The members of a message that are known from the start. */
export function messageHead(id: string, model: string, { requestId }: ReplyContext): JsonObject {
  return { id: messageId(id, requestId), type: 'message', role: 'assistant', model };
}

/** The members that tell why it ended. */
export function writeStop(
  { reason, stopSequence }: Finish,
  holds: { readonly calls: boolean; readonly refusal: string | null },
): JsonObject {
  const stopReason = writeStopReason(reason, { calls: holds.calls, refusal: holds.refusal !== null });
  return {
    stop_reason: stopReason,
    stop_sequence: stopSequence,
    stop_details:
      stopReason === 'refusal' ? { type: 'refusal', category: null, explanation: holds.refusal } : null,
  };
}

/** `msg_` and the provider's own id without the prefix of its dialect. */
function messageId(id: string, requestId: string): string {
  return `msg_${(id || requestId).replace(/^(chatcmpl-|resp_|msg_|gen-)/, '')}`;
}

function writeBlock(part: AssistantPart): JsonObject | null {
  switch (part.type) {
    case 'text':
      return writeText(part);
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'reasoning':
      return writeReasoning(part);
    case 'tool_call':
      return { ...toolUseHead(part.id, part.name), input: inputOf(part) };
    case 'server_tool':
      return isServerToolBlock(part.raw) ? part.raw : null;
    case 'document':
      return null;
  }
}

function writeText({ text, citations = [] }: TextPart): JsonObject | null {
  // Clients send answers back, and the API refuses empty texts.
  if (text === '' && citations.length === 0) return null;
  if (citations.length === 0) return { type: 'text', text };
  return { type: 'text', text, citations: citations.map(writeCitation) };
}

function writeReasoning({ text, seal }: ReasoningPart): JsonObject | null {
  if (seal === null) return text === '' ? null : { type: 'thinking', thinking: text, signature: '' };
  const packed = packSeal(seal);
  return text === '' || seal.origin === 'anthropic-redacted'
    ? { type: 'redacted_thinking', data: packed }
    : { type: 'thinking', thinking: text, signature: packed };
}

export function toolUseHead(id: string, name: string): JsonObject {
  return { type: 'tool_use', id: allowed(id, ANTHROPIC_NAMES), name };
}

/** Arguments that are no JSON (a model may write anything) are handed on under a name that says so. */
function inputOf({ arguments: args, kind }: ToolCallPart): JsonObject {
  if (args.trim() === '') return {};
  return parseExact(kind === 'custom' ? wrapCustomInput(args) : args) ?? { INVALID_JSON: args };
}
