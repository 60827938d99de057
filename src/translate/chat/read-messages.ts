import type { JsonObject } from '../../domain/call.ts';
import type {
  DocumentPart,
  ImagePart,
  Message,
  SystemMessage,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserMessage,
} from '../hub/conversation.ts';
import { CACHE_KEYS, readCacheHint, withCacheOnLast } from './cache-hint.ts';
import { given, invalid, noteUnknown, type Others, objectOf, optionalText, requiredText } from './fields.ts';
import { readAssistant } from './read-assistant.ts';
import { type ContentPart, readContent, readTextContent } from './read-content.ts';

/**
 * The messages, each at its place. Results of one turn's calls are one message of the hub. As with OpenAI itself, a result
 * without its call and a call without its result are refused: no other dialect takes them either, and a guess at what
 * was meant would change the conversation.
 */
export function readMessages(body: JsonObject, others: Others): Message[] {
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('messages', 'must be a list with at least one message');
  }
  const read: Message[] = [];
  const open = new OpenCalls();
  for (const [i, value] of messages.entries()) {
    const at = `messages[${i}]`;
    const message = objectOf(value, at);
    if (message.role === 'tool') {
      addResult(read, readToolMessage(message, at, open, others), at);
      continue;
    }
    open.mustBeAnswered();
    const next = readMessage(message, at, others);
    if (next.role === 'assistant') open.add(next.content.filter((part) => part.type === 'tool_call'));
    read.push(next);
  }
  open.mustBeAnswered();
  return read;
}

function readMessage(message: JsonObject, at: string, others: Others): Message {
  switch (message.role) {
    case 'system':
    case 'developer':
      return readSystem(message, message.role, at, others);
    case 'user':
      return readUser(message, at, others);
    case 'assistant':
      return readAssistant(message, at, others);
    case 'function':
      throw invalid(`${at}.role`, 'is the old form of "tool": use that');
    default:
      throw invalid(`${at}.role`, 'must be "system", "developer", "user", "assistant" or "tool"');
  }
}

function readSystem(
  message: JsonObject,
  origin: 'system' | 'developer',
  at: string,
  others: Others,
): SystemMessage {
  noteUnknown(message, SYSTEM_KEYS, at, others);
  const content = readTextContent(message.content, `${at}.content`, others);
  return { role: 'system', content: withCacheOnLast(content, readCacheHint(message)), origin, at };
}

function readUser(message: JsonObject, at: string, others: Others): UserMessage {
  noteUnknown(message, USER_KEYS, at, others);
  const content = readContent(message.content, `${at}.content`, others);
  return {
    role: 'user',
    content: withCacheOnLast(content, readCacheHint(message)),
    at,
    ...given('name', optionalText(message, 'name', at)),
  };
}

function readToolMessage(message: JsonObject, at: string, open: OpenCalls, others: Others): ToolResultPart {
  noteUnknown(message, TOOL_KEYS, at, others);
  const callId = requiredText(message, 'tool_call_id', at);
  const call = open.answer(callId);
  if (call === undefined) {
    throw invalid(`${at}.tool_call_id`, 'must be the id of a tool call in the assistant message before it');
  }
  const content = readContent(message.content, `${at}.content`, others).map(resultPart);
  const { name, kind } = call;
  return {
    type: 'tool_result',
    callId,
    name,
    content,
    // Chat has no word for a failed call: its clients say it in the text.
    isError: false,
    kind,
    at,
    ...given('cache', readCacheHint(message)),
  };
}

function resultPart(part: ContentPart): TextPart | ImagePart | DocumentPart {
  if (part.type === 'audio') throw invalid(part.at, 'must not be audio in the result of a tool');
  return part;
}

/** Results that follow each other are one turn. */
function addResult(read: Message[], result: ToolResultPart, at: string): void {
  const last = read.at(-1);
  if (last?.role === 'user' && last.content.at(-1)?.type === 'tool_result') {
    read[read.length - 1] = { ...last, content: [...last.content, result] };
    return;
  }
  read.push({ role: 'user', content: [result], at });
}

/** The calls of the last assistant message that no result has come for yet. */
class OpenCalls {
  #calls: readonly ToolCallPart[] = [];

  add(calls: readonly ToolCallPart[]): void {
    this.#calls = calls;
  }

  answer(id: string): ToolCallPart | undefined {
    const call = this.#calls.find((open) => open.id === id);
    this.#calls = this.#calls.filter((open) => open !== call);
    return call;
  }

  mustBeAnswered(): void {
    const [call] = this.#calls;
    if (call === undefined) return;
    throw invalid(call.at, `must be followed by a "tool" message for its id "${call.id}"`);
  }
}

const SYSTEM_KEYS: ReadonlySet<string> = new Set(['role', 'content', ...CACHE_KEYS]);
const USER_KEYS: ReadonlySet<string> = new Set(['role', 'content', 'name', ...CACHE_KEYS]);
// `name` is a remainder of the old `function` messages: the call says it too.
const TOOL_KEYS: ReadonlySet<string> = new Set(['role', 'content', 'tool_call_id', 'name', ...CACHE_KEYS]);
