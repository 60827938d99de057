import type { Call } from '../domain/call.ts';
import type { Provider } from '../domain/provider.ts';
import type { Said, SaidMessage, SaidPart } from '../domain/said.ts';
import { parseObject } from '../json.ts';
import { CLIENTS, isConversation } from './dialects.ts';
import type { AssistantPart, Message, UserPart } from './hub/conversation.ts';
import { collectStream, readWhole } from './reshape.ts';

/**
 * What was said in a call, for whoever may see it. Null: it is no conversation, or not to be read as one.
 * @param answer in the client's dialect, as far as it came; null: there was none
 */
export function saidIn(call: Call, provider: Provider, answer: string | null): Said | null {
  const { endpoint, body } = call;
  if (!isConversation(endpoint)) return null;
  try {
    const { messages } = CLIENTS[endpoint].readRequest(body.json);
    const isTop = (message: Message) => message.role === 'system' && message.origin === 'top';
    return {
      instructions: messages.filter(isTop).flatMap(partsOf),
      input: messages.filter((message) => !isTop(message)).flatMap(messagesOf),
      output: answer === null ? [] : answered(answer, call, provider),
    };
  } catch {
    return null;
  }
}

function answered(text: string, call: Call, provider: Provider): SaidMessage[] {
  const { endpoint, stream } = call;
  if (!isConversation(endpoint)) return [];
  if (stream) {
    const { content, finish } = collectStream(text, endpoint, provider);
    return [answerOf(content, finish?.reason)];
  }
  const json = parseObject(text);
  const reply = json === null ? null : readWhole(json, endpoint, provider);
  return reply === null ? [] : [answerOf(reply.content, reply.finish.reason)];
}

function answerOf(content: readonly AssistantPart[], reason: string | undefined): SaidMessage {
  return {
    role: 'assistant',
    parts: content.flatMap(partOf),
    ...(reason === undefined ? {} : { finish_reason: reason }),
  };
}

/** Results of tools are messages of their own. */
function messagesOf(message: Message): SaidMessage[] {
  const parts = partsOf(message);
  if (message.role !== 'user') return [{ role: message.role, parts }];
  const results = parts.filter(({ type }) => type === 'tool_call_response');
  const words = parts.filter(({ type }) => type !== 'tool_call_response');
  const made: SaidMessage[] = [
    { role: 'tool', parts: results },
    { role: 'user', parts: words },
  ];
  return made.filter(({ parts }) => parts.length > 0);
}

function partsOf(message: Message): SaidPart[] {
  return message.content.flatMap(partOf);
}

function partOf(part: UserPart | AssistantPart): SaidPart[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', content: part.text }];
    case 'reasoning':
      return [{ type: 'reasoning', content: part.text }];
    case 'tool_call':
      return [{ type: 'tool_call', id: part.id, name: part.name, arguments: part.arguments }];
    case 'server_tool':
      return [{ type: 'tool_call', id: part.id, name: part.name, arguments: '' }];
    case 'tool_result':
      return [{ type: 'tool_call_response', id: part.callId, response: textOf(part.content) }];
    case 'image':
    case 'document':
    case 'audio':
      return [{ type: 'file', modality: part.type }];
  }
}

function textOf(parts: readonly UserPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
}
