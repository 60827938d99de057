import type { JsonObject } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';
import type { AssistantPart, ReasoningSeal } from '../hub/conversation.ts';
import type { BlockStart } from '../hub/reply.ts';
import type { ReadContext } from '../hub/translator.ts';
import { readAnnotations } from './citations.ts';
import { reasoningText } from './reasoning.ts';

/** An item of a provider's output. Tools that it ran itself are kept whole. */
export function readOutputItem(item: JsonObject, context: ReadContext): AssistantPart[] {
  const at = '';
  const block = toolBlock(item, context);
  if (block?.type === 'tool_call') return [{ ...block, arguments: callText(item), at }];
  if (block !== null) return [{ ...block, at }];
  return item.type === 'reasoning'
    ? reasoningParts(item, context)
    : objectsIn(item.content).flatMap(messagePart);
}

/** The block that an item is, complete or not; null for messages and reasoning, which are more than one or maybe none. */
export function toolBlock(
  item: JsonObject,
  { names }: ReadContext,
): Extract<BlockStart, { type: 'tool_call' | 'server_tool' }> | null {
  const type = textOf(item.type);
  switch (type) {
    case 'message':
    case 'reasoning':
      return null;
    case 'function_call':
    case 'custom_tool_call':
      return {
        type: 'tool_call',
        id: textOf(item.call_id) || textOf(item.id),
        name: names.received(textOf(item.name)),
        kind: type === 'custom_tool_call' ? 'custom' : 'function',
      };
    default:
      return {
        type: 'server_tool',
        id: textOf(item.id),
        name: type.replace(/_(call|output|call_output)$/, ''),
        phase: type.endsWith('_output') ? 'result' : 'call',
        raw: item,
      };
  }
}

/** A call's arguments or free text, as far as they are there. */
export function callText(item: JsonObject): string {
  return item.type === 'custom_tool_call' ? textOf(item.input) : textOf(item.arguments) || '{}';
}

function reasoningParts(item: JsonObject, context: ReadContext): AssistantPart[] {
  const text = reasoningText(item);
  const seal = sealOf(item, context);
  return text === '' && seal === null ? [] : [{ type: 'reasoning', text, seal, at: '' }];
}

export function sealOf(item: JsonObject, { provider }: ReadContext): ReasoningSeal | null {
  const data = textOf(item.encrypted_content);
  if (data === '') return null;
  const id = textOf(item.id);
  return { origin: 'openai', provider: provider.id, data, ...(id === '' ? {} : { id }) };
}

/** Empty text is none: it would be refused when a client of Anthropic's dialect sends it back. */
export function messagePart(part: JsonObject): AssistantPart[] {
  const at = '';
  if (part.type === 'refusal') return [{ type: 'refusal', text: textOf(part.refusal), at }];
  const text = part.type === 'output_text' ? textOf(part.text) : '';
  if (text === '') return [];
  const citations = readAnnotations(part.annotations);
  return [{ type: 'text', text, at, ...(citations.length === 0 ? {} : { citations }) }];
}
