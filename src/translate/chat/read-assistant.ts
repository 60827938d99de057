import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Citation,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
} from '../hub/conversation.ts';
import { CACHE_KEYS, readCacheHint, withCacheOnLast } from './cache-hint.ts';
import { readAnnotations } from './citations.ts';
import { piecesOf } from './content-array.ts';
import {
  given,
  invalid,
  noteUnknown,
  type Others,
  objectOf,
  optionalList,
  optionalText,
  requiredText,
} from './fields.ts';
import { readParts, readText } from './read-content.ts';
import { readThinkingBlocks } from './thinking-blocks.ts';

/** An assistant's message: its reasoning first, then what it said, then what it called. */
export function readAssistant(sent: JsonObject, at: string, others: Others): AssistantMessage {
  const message = withFieldsOfText(sent);
  if (message.function_call !== undefined && message.function_call !== null) {
    throw invalid(`${at}.function_call`, 'is the old form of "tool_calls": use that');
  }
  noteUnknown(message, KNOWN, at, others);
  const said = [...readWords(message, at, others), ...readRefusal(message, at)];
  const calls = readToolCalls(message, at, others);
  const content = inOrder(readReasoning(message, at), said, calls);
  return {
    role: 'assistant',
    content: withCacheOnLast(content, readCacheHint(message)),
    at,
    ...given('name', optionalText(message, 'name', at)),
  };
}

/**
 * OpenAI's Agents SDK gives an answer back with the fields of its message on the text part, where no server reads them:
 * what of them is on the message too is said once, the rest is taken for the message's.
 */
function withFieldsOfText(message: JsonObject): JsonObject {
  const [part] = objectsIn(message.content);
  if (part?.type !== 'text') return message;
  const moved = MOVED.filter((key) => part[key] !== undefined && message[key] === undefined);
  if (moved.length === 0) return message;
  return { ...message, ...Object.fromEntries(moved.map((key) => [key, part[key]])) };
}

const MOVED = ['annotations', 'reasoning_content', 'reasoning', 'thinking_blocks'] as const;

/** A seal without text belongs to what follows it, and Gemini asks for that of its calls back: only those are checked. */
function inOrder(
  reasoning: readonly ReasoningPart[],
  said: readonly AssistantPart[],
  calls: readonly ToolCallPart[],
): AssistantPart[] {
  const last = reasoning.at(-1);
  if (calls.length === 0 || last === undefined || last.text !== '' || last.seal?.origin !== 'gemini') {
    return [...reasoning, ...said, ...calls];
  }
  return [...reasoning.slice(0, -1), ...said, last, ...calls];
}

function readReasoning(message: JsonObject, at: string): ReasoningPart[] {
  const blocks = readThinkingBlocks(message.thinking_blocks, `${at}.thinking_blocks`);
  // The text is in both: the blocks have it with its seal.
  if (blocks.length > 0) return blocks;
  const field = textOf(message.reasoning_content) === '' ? 'reasoning' : 'reasoning_content';
  const text = textOf(message[field]);
  return text === '' ? [] : [{ type: 'reasoning', text, seal: null, at: `${at}.${field}` }];
}

type Words = TextPart | RefusalPart | ReasoningPart;

function readWords(message: JsonObject, at: string, others: Others): Words[] {
  const parts = readParts<Words>(message.content, `${at}.content`, (part, partAt) => {
    if (part.type === 'refusal') {
      return { type: 'refusal', text: requiredText(part, 'refusal', partAt), at: partAt };
    }
    if (part.type === 'text') return readText(part, partAt, others, TEXT_KEYS);
    // As Mistral's clients give its answers back.
    if (part.type === 'thinking') {
      const text = piecesOf([part])
        .map((piece) => piece.text)
        .join('');
      return { type: 'reasoning', text, seal: null, at: partAt };
    }
    throw invalid(`${partAt}.type`, 'must be "text" or "refusal" in an assistant message');
  });
  // With calls an empty text says the same as null.
  const said = message.tool_calls === undefined ? parts : parts.filter(({ text }) => text !== '');
  return withCitations(said, readAnnotations(message.annotations));
}

/** Annotations count from the start of the content, which clients give back as one text. */
function withCitations(parts: readonly Words[], citations: readonly Citation[]): Words[] {
  if (citations.length === 0) return [...parts];
  return parts.map((part, i) => (i === 0 && part.type === 'text' ? { ...part, citations } : part));
}

function readRefusal(message: JsonObject, at: string): RefusalPart[] {
  const text = optionalText(message, 'refusal', at) ?? '';
  return text === '' ? [] : [{ type: 'refusal', text, at: `${at}.refusal` }];
}

function readToolCalls(message: JsonObject, at: string, others: Others): ToolCallPart[] {
  return optionalList(message, 'tool_calls', at).map((value, i) =>
    readToolCall(value, `${at}.tool_calls[${i}]`, others),
  );
}

function readToolCall(value: JsonValue, at: string, others: Others): ToolCallPart {
  const call = objectOf(value, at);
  noteUnknown(call, CALL_KEYS, at, others);
  const id = requiredText(call, 'id', at);
  const cache = given('cache', readCacheHint(call));
  if (call.type === 'custom') {
    const custom = objectOf(call.custom, `${at}.custom`);
    const name = requiredText(custom, 'name', `${at}.custom`);
    const input = requiredText(custom, 'input', `${at}.custom`);
    return { type: 'tool_call', id, name, arguments: input, kind: 'custom', at, ...cache };
  }
  const called = objectOf(call.function, `${at}.function`);
  const name = requiredText(called, 'name', `${at}.function`);
  const text = optionalText(called, 'arguments', `${at}.function`) ?? '';
  return {
    type: 'tool_call',
    id,
    name,
    arguments: text === '' ? '{}' : text,
    kind: 'function',
    at,
    ...cache,
  };
}

/**
 * The last ones are not OpenAI's: clients give an answer back with what servers and SDKs put on it (`parsed` is the
 * OpenAI SDK's, the rest OpenRouter's and LiteLLM's), and it says nothing that the other fields do not.
 */
const KNOWN: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'name',
  'tool_calls',
  'function_call',
  'annotations',
  'reasoning_content',
  'reasoning',
  'thinking_blocks',
  ...CACHE_KEYS,
  'parsed',
  'reasoning_details',
  'provider_metadata',
  'provider_specific_fields',
]);
const TEXT_KEYS: ReadonlySet<string> = new Set(['type', 'text', ...KNOWN]);
const CALL_KEYS: ReadonlySet<string> = new Set(['id', 'type', 'function', 'custom', 'index', ...CACHE_KEYS]);
