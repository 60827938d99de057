import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type {
  AssistantPart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../hub/conversation.ts';
import { unpackSeal } from '../hub/seal.ts';
import { readCitations } from './citations.ts';
import { invalid, listAt, objectAtPath, textAt } from './fields.ts';
import { readCache } from './read-cache.ts';
import { readDocument, readImage, readSearchResult } from './read-media.ts';
import { isServerToolBlock, readServerTool } from './server-tools.ts';

/** What is gathered while the messages of a request are read. */
export interface Reading {
  /** By the id of the call, for the results that name only that. */
  readonly toolNames: Map<string, string>;
  /** What the hub has no form of, by its path. */
  readonly others: Record<string, JsonValue>;
}

/** The blocks of a `content`; a text stands for one text block. */
export function readContent<Part>(
  content: JsonValue | undefined,
  at: string,
  read: (block: JsonObject, at: string) => Part | null,
): (Part | TextPart)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, at }];
  return listAt(content, at).flatMap((item, i) => {
    const path = `${at}[${i}]`;
    const part = read(objectAtPath(item, path), path);
    return part === null ? [] : [part];
  });
}

export function readText(block: JsonObject, at: string): TextPart {
  const text = textAt(block.text, `${at}.text`);
  const citations = readCitations(block.citations, text.length);
  return {
    type: 'text',
    text,
    at,
    ...(citations.length === 0 ? {} : { citations }),
    ...readCache(block, at),
  };
}

export function readUserBlock(block: JsonObject, at: string, reading: Reading): UserPart | null {
  switch (block.type) {
    case 'text':
      return readText(block, at);
    case 'image':
      return readImage(block, at);
    case 'document':
      return readDocument(block, at);
    case 'search_result':
      return readSearchResult(block, at);
    case 'tool_result':
      return readToolResult(block, at, reading);
    default:
      return unknownBlock(block, at, reading);
  }
}

export function readAssistantBlock(block: JsonObject, at: string, reading: Reading): AssistantPart | null {
  switch (block.type) {
    case 'text':
      return readText(block, at);
    case 'thinking':
    case 'redacted_thinking':
      return readThinking(block, at);
    case 'tool_use':
      return readToolUse(block, at, reading);
    case 'document':
      return readDocument(block, at);
    default:
      return isServerToolBlock(block) ? readServerTool(block, at) : unknownBlock(block, at, reading);
  }
}

function unknownBlock(block: JsonObject, at: string, { others }: Reading): null {
  if (typeof block.type !== 'string') invalid(`${at}.type`, 'must be a text');
  others[at] = block;
  return null;
}

/** A signature that the gateway packed is that of another provider; text and signature stay as they are, byte for byte. */
export function readThinking(block: JsonObject, at: string): ReasoningPart {
  if (block.type === 'redacted_thinking') {
    const seal = unpackSeal(textAt(block.data, `${at}.data`), 'anthropic-redacted');
    return { type: 'reasoning', text: '', seal, at };
  }
  const signature = block.signature ?? '';
  const text = textAt(block.thinking, `${at}.thinking`);
  const seal = signature === '' ? null : unpackSeal(textAt(signature, `${at}.signature`), 'anthropic');
  return { type: 'reasoning', text, seal, at };
}

function readToolUse(block: JsonObject, at: string, { toolNames, others }: Reading): ToolCallPart {
  const id = textAt(block.id, `${at}.id`);
  const name = textAt(block.name, `${at}.name`);
  const input = objectAtPath(block.input, `${at}.input`);
  toolNames.set(id, name);
  if (typeof block.toolset_name === 'string') others[`${at}.toolset_name`] = block.toolset_name;
  return {
    type: 'tool_call',
    id,
    name,
    arguments: JSON.stringify(input),
    kind: 'function',
    at,
    ...readCache(block, at),
  };
}

function readToolResult(block: JsonObject, at: string, reading: Reading): ToolResultPart {
  const callId = textAt(block.tool_use_id, `${at}.tool_use_id`);
  const name = reading.toolNames.get(callId);
  const path = `${at}.content`;
  const content = readContent(block.content ?? [], path, (inner, innerAt) => {
    const part = readUserBlock(inner, innerAt, reading);
    if (part?.type === 'tool_result' || part?.type === 'audio')
      return invalid(`${innerAt}.type`, 'has no place here');
    return part;
  });
  return {
    type: 'tool_result',
    callId,
    content,
    isError: block.is_error === true,
    kind: 'function',
    at,
    ...(name === undefined ? {} : { name }),
    ...readCache(block, at),
  };
}
