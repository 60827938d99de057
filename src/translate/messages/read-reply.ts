import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, objectAt, objectsIn, textOf } from '../../json.ts';
import { messagesUsage } from '../../usage/messages.ts';
import type { AssistantPart, ReasoningPart, ReasoningSeal, ToolCallPart } from '../hub/conversation.ts';
import { unwrapCustomInput } from '../hub/custom-tools.ts';
import type { Reply } from '../hub/reply.ts';
import type { ReadContext } from '../hub/translator.ts';
import { readCitations } from './citations.ts';
import { readStopReason } from './finish-reason.ts';
import { isServerToolBlock, readServerTool } from './server-tools.ts';
import { readTier } from './usage.ts';

/** @throws Error when the body is no message. */
export function readReply(body: JsonObject, context: ReadContext): Reply {
  if (!Array.isArray(body.content)) throw new Error('the body is no message of the Messages API');
  const content = objectsIn(body.content).flatMap((block) => readBlock(block, context) ?? []);
  const refusal = refusalText(body.stop_details);
  if (refusal !== null) content.push({ type: 'refusal', text: refusal, at: '' });
  const calls = content.some((part) => part.type === 'tool_call');
  const serviceTier = readTier(objectAt(body, 'usage').service_tier);
  return {
    id: textOf(body.id),
    model: textOf(body.model),
    content,
    finish: {
      reason: readStopReason(body.stop_reason, calls),
      stopSequence: textOf(body.stop_sequence) || null,
    },
    usage: messagesUsage(body.usage),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

/** Why the model declined, where it says so; it has no block of its own. */
export function refusalText(stopDetails: JsonValue | undefined): string | null {
  const details = asObject(stopDetails);
  return details?.type === 'refusal' ? textOf(details.explanation) || null : null;
}

function readBlock(block: JsonObject, context: ReadContext): AssistantPart | null {
  const at = '';
  switch (block.type) {
    case 'text': {
      const text = textOf(block.text);
      const citations = readCitations(block.citations, text.length);
      return { type: 'text', text, at, ...(citations.length === 0 ? {} : { citations }) };
    }
    case 'thinking':
    case 'redacted_thinking':
      return readThinking(block, context);
    case 'tool_use':
      return readToolUse(block, context);
    default:
      return isServerToolBlock(block) ? readServerTool(block, at) : null;
  }
}

function readThinking(block: JsonObject, context: ReadContext): ReasoningPart {
  return { type: 'reasoning', text: textOf(block.thinking), seal: sealOf(block, context), at: '' };
}

/** What the provider signed, bound to it. */
export function sealOf(block: JsonObject, { provider }: ReadContext): ReasoningSeal | null {
  if (block.type === 'redacted_thinking') {
    return { origin: 'anthropic-redacted', provider: provider.id, data: textOf(block.data) };
  }
  const data = textOf(block.signature);
  return data === '' ? null : { origin: 'anthropic', provider: provider.id, data };
}

function readToolUse(block: JsonObject, { names }: ReadContext): ToolCallPart {
  const received = textOf(block.name);
  const kind = names.kindOf(received);
  const input = JSON.stringify(asObject(block.input) ?? {});
  return {
    type: 'tool_call',
    id: textOf(block.id),
    name: names.received(received),
    arguments: kind === 'custom' ? unwrapCustomInput(input) : input,
    kind,
    at: '',
  };
}
