import type { JsonObject } from '../../domain/call.ts';
import { objectsIn } from '../../json.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import type { Reply } from '../hub/reply.ts';
import { writeAnnotation } from './citations.ts';
import { itemId } from './ids.ts';
import {
  callItem,
  isWebSearch,
  messageItem,
  outputText,
  reasoningItem,
  refusalPart,
  type Status,
  webSearchItem,
} from './output-items.ts';

/** The `output` of a whole answer. Text that stands together is one message. `lastStatus` is that of a message at the end. */
export function writeOutput(
  { content, logprobs }: Reply,
  response: string,
  lastStatus: Status,
): JsonObject[] {
  const items: JsonObject[] = [];
  let tokens = objectsIn(logprobs?.content);
  let message: JsonObject[] | null = null;
  for (const part of content) {
    const words = wordsOf(part, tokens);
    if (words !== null) {
      if (message === null) {
        message = [];
        items.push(messageItem(itemId('msg', response, items.length), message, 'completed'));
      }
      message.push(words);
      if (part.type === 'text') tokens = [];
      continue;
    }
    const item = itemOf(part, response, items.length);
    if (item === null) continue;
    items.push(item);
    message = null;
  }
  const last = items.at(-1);
  if (last?.type === 'message') last.status = lastStatus;
  return items;
}

/** Token probabilities are those of the whole text, which comes in one part where there are any. */
function wordsOf(part: AssistantPart, tokens: JsonObject[]): JsonObject | null {
  if (part.type === 'refusal') return refusalPart(part.text);
  if (part.type !== 'text') return null;
  const annotations = (part.citations ?? []).map((citation) => writeAnnotation(citation, part.text.length));
  return outputText(part.text, annotations, tokens);
}

function itemOf(part: AssistantPart, response: string, index: number): JsonObject | null {
  switch (part.type) {
    case 'reasoning':
      return reasoningItem(itemId('rs', response, index), part.text, part.seal);
    case 'tool_call': {
      const prefix = part.kind === 'custom' ? 'ctc' : 'fc';
      const text = part.arguments === '' && part.kind === 'function' ? '{}' : part.arguments;
      return callItem(itemId(prefix, response, index), part, text, 'completed');
    }
    case 'server_tool':
      return isWebSearch(part) ? webSearchItem(itemId('ws', response, index), part.raw, 'completed') : null;
    default:
      return null;
  }
}
