import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { textOf } from '../../json.ts';
import type { Message, ReasoningPart, ToolCallPart, ToolKind, ToolResultPart } from '../hub/conversation.ts';
import { unpackSeal } from '../hub/seal.ts';
import { invalid, itemsAt, type Others, requiredTextAt, textAt } from './fields.ts';
import { readAssistantContent, readSystemContent, readToolOutput, readUserContent } from './read-content.ts';
import { reasoningText } from './reasoning.ts';
import { Turns } from './turns.ts';

/** `input`: one text of the user, or items. What has no form elsewhere goes to `others` under the item's path. */
export function readInput(input: JsonValue | undefined, others: Others): Message[] {
  if (input === undefined || input === null) return [];
  const turns = new Turns();
  if (typeof input === 'string') turns.user([{ type: 'text', text: input, at: 'input' }], 'input');
  else for (const { item, at } of itemsAt(input, 'input')) readItem(item, at, turns, others);
  if (!refersElsewhere(others)) turns.checkPairs();
  return turns.messages;
}

/** Some of the conversation is not in the body, so a call may be there without its output and the other way round. */
function refersElsewhere(others: Others): boolean {
  return Object.keys(others).some((path) => path.startsWith('input[') || STORED.has(path));
}

const STORED: ReadonlySet<string> = new Set(['previous_response_id', 'conversation', 'prompt']);

function readItem(item: JsonObject, at: string, turns: Turns, others: Others): void {
  const read = ITEM_READERS.get(typeOf(item));
  if (read === undefined) others[at] = item;
  else read(item, at, turns);
}

type ItemReader = (item: JsonObject, at: string, turns: Turns) => void;

const ITEM_READERS: ReadonlyMap<string, ItemReader> = new Map<string, ItemReader>([
  ['message', readMessage],
  ['reasoning', (item, at, turns) => turns.assistant([reasoningPart(item, at)], at)],
  ['function_call', (item, at, turns) => turns.call(toolCall(item, at, 'function'))],
  ['custom_tool_call', (item, at, turns) => turns.call(toolCall(item, at, 'custom'))],
  ['function_call_output', (item, at, turns) => turns.result(toolResult(item, at, 'function', turns))],
  ['custom_tool_call_output', (item, at, turns) => turns.result(toolResult(item, at, 'custom', turns))],
  ['web_search_call', readServerTool],
  ['file_search_call', readServerTool],
  ['code_interpreter_call', readServerTool],
  ['image_generation_call', readServerTool],
  ['mcp_call', readServerTool],
  ['mcp_list_tools', readServerTool],
]);

/** A message needs no type. An id and nothing else refers to an item that the provider keeps. */
function typeOf(item: JsonObject): string {
  if (typeof item.type === 'string') return item.type;
  return typeof item.role === 'string' ? 'message' : 'item_reference';
}

function readMessage({ role, content }: JsonObject, at: string, turns: Turns): void {
  const where = `${at}.content`;
  if (role === 'user') turns.user(readUserContent(content, where), at);
  else if (role === 'assistant') turns.assistant(readAssistantContent(content, where), at);
  else if (role === 'system' || role === 'developer') {
    turns.system(readSystemContent(content, where), role, at);
  } else throw invalid(`${at}.role`, 'has to be "user", "assistant", "system" or "developer"');
}

function reasoningPart(item: JsonObject, at: string): ReasoningPart {
  const sealed = textOf(item.encrypted_content);
  const text = reasoningText(item);
  if (sealed === '') return { type: 'reasoning', text, seal: null, at };
  const seal = unpackSeal(sealed, 'openai');
  const ownId = seal.data === sealed && typeof item.id === 'string' ? { id: item.id } : {};
  return { type: 'reasoning', text, seal: { ...seal, ...ownId }, at };
}

/** A call has two ids: that of the item, which nobody refers to, and `call_id`. */
function toolCall(item: JsonObject, at: string, kind: ToolKind): ToolCallPart {
  const key = kind === 'custom' ? 'input' : 'arguments';
  const text = requiredTextAt(item, key, `${at}.${key}`);
  return {
    type: 'tool_call',
    id: requiredTextAt(item, 'call_id', `${at}.call_id`),
    name: requiredTextAt(item, 'name', `${at}.name`),
    arguments: text === '' && kind === 'function' ? '{}' : text,
    kind,
    at,
  };
}

function toolResult(item: JsonObject, at: string, kind: ToolKind, turns: Turns): ToolResultPart {
  const callId = requiredTextAt(item, 'call_id', `${at}.call_id`);
  const name = turns.nameOf(callId) ?? textAt(item, 'name', `${at}.name`);
  return {
    type: 'tool_result',
    callId,
    ...(name === undefined ? {} : { name }),
    content: readToolOutput(item.output, `${at}.output`),
    isError: false,
    kind,
    at,
  };
}

function readServerTool(item: JsonObject, at: string, turns: Turns): void {
  const name = String(item.type).replace(/_call$/, '');
  turns.assistant([{ type: 'server_tool', id: textOf(item.id), name, phase: 'call', raw: item, at }], at);
}
