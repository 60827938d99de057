import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { objectAt } from '../../json.ts';
import type { CustomTool, FunctionTool, Tool, ToolChoice, WebSearchTool } from '../hub/conversation.ts';
import { CACHE_KEYS, readCacheHint } from './cache-hint.ts';
import {
  given,
  invalid,
  noteUnknown,
  type Others,
  objectOf,
  optionalFlag,
  optionalList,
  optionalObject,
  optionalText,
  requiredText,
} from './fields.ts';

export function readTools(body: JsonObject, others: Others): Tool[] {
  for (const field of ['functions', 'function_call']) {
    if (body[field] === undefined || body[field] === null) continue;
    throw invalid(field, 'is the old form of "tools" and "tool_choice": use those');
  }
  const tools: Tool[] = optionalList(body, 'tools').map((tool, i) => readTool(tool, `tools[${i}]`, others));
  const search = optionalObject(body, 'web_search_options');
  return search === undefined ? tools : [...tools, readWebSearch(search, others)];
}

function readTool(value: JsonValue, at: string, others: Others): Tool {
  const tool = objectOf(value, at);
  switch (tool.type) {
    case 'function':
      return readFunction(tool, at, others);
    case 'custom':
      return readCustom(tool, at, others);
    default:
      throw invalid(`${at}.type`, 'must be "function" or "custom"');
  }
}

function readFunction(tool: JsonObject, at: string, others: Others): FunctionTool {
  noteUnknown(tool, TOOL_KEYS, at, others);
  const functionAt = `${at}.function`;
  const body = objectOf(tool.function, functionAt);
  noteUnknown(body, FUNCTION_KEYS, functionAt, others);
  return {
    kind: 'function',
    name: requiredText(body, 'name', functionAt),
    ...given('description', optionalText(body, 'description', functionAt)),
    schema: optionalObject(body, 'parameters', functionAt) ?? null,
    strict: optionalFlag(body, 'strict', functionAt) ?? null,
    at,
    ...given('cache', readCacheHint(tool) ?? readCacheHint(body)),
  };
}

function readCustom(tool: JsonObject, at: string, others: Others): CustomTool {
  noteUnknown(tool, TOOL_KEYS, at, others);
  const customAt = `${at}.custom`;
  const body = objectOf(tool.custom, customAt);
  noteUnknown(body, CUSTOM_KEYS, customAt, others);
  return {
    kind: 'custom',
    name: requiredText(body, 'name', customAt),
    ...given('description', optionalText(body, 'description', customAt)),
    format: customFormat(optionalObject(body, 'format', customAt)),
    at,
    ...given('cache', readCacheHint(tool)),
  };
}

/** Chat nests the grammar; the hub has it flat, as the Responses API does. */
function customFormat(format: JsonObject | undefined): JsonObject | null {
  if (format === undefined || format.type === 'text') return null;
  return { type: 'grammar', ...objectAt(format, 'grammar') };
}

function readWebSearch(options: JsonObject, others: Others): WebSearchTool {
  const at = 'web_search_options';
  noteUnknown(options, SEARCH_KEYS, at, others);
  const location = optionalObject(options, 'user_location', at);
  return {
    kind: 'web_search',
    ...given('contextSize', optionalText(options, 'search_context_size', at)),
    // Chat nests what the other dialects have flat.
    ...given(
      'userLocation',
      location === undefined ? undefined : { type: 'approximate', ...objectAt(location, 'approximate') },
    ),
    at,
  };
}

/** Undefined for `auto`, which is what all dialects do unasked. */
export function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  const at = 'tool_choice';
  if (value === undefined || value === null || value === 'auto') return undefined;
  if (value === 'none' || value === 'required') return { type: value };
  if (typeof value === 'string') throw invalid(at, 'must be "none", "auto", "required" or an object');
  const choice = objectOf(value, at);
  switch (choice.type) {
    case 'function':
      return { type: 'tool', name: requiredText(objectAt(choice, 'function'), 'name', `${at}.function`) };
    case 'custom':
      return { type: 'tool', name: requiredText(objectAt(choice, 'custom'), 'name', `${at}.custom`) };
    case 'allowed_tools':
      return readAllowedTools(objectAt(choice, 'allowed_tools'), `${at}.allowed_tools`);
    default:
      throw invalid(`${at}.type`, 'must be "function", "custom" or "allowed_tools"');
  }
}

function readAllowedTools(allowed: JsonObject, at: string): ToolChoice {
  const { mode } = allowed;
  if (mode !== 'auto' && mode !== 'required') throw invalid(`${at}.mode`, 'must be "auto" or "required"');
  const names = optionalList(allowed, 'tools', at).map((value, i) => {
    const tool = objectOf(value, `${at}.tools[${i}]`);
    const key = tool.type === 'custom' ? 'custom' : 'function';
    return requiredText(objectAt(tool, key), 'name', `${at}.tools[${i}].${key}`);
  });
  if (names.length === 0) throw invalid(`${at}.tools`, 'must name at least one tool');
  return { type: 'allowed', mode, names };
}

const TOOL_KEYS: ReadonlySet<string> = new Set(['type', 'function', 'custom', ...CACHE_KEYS]);
const FUNCTION_KEYS: ReadonlySet<string> = new Set([
  'name',
  'description',
  'parameters',
  'strict',
  ...CACHE_KEYS,
]);
const CUSTOM_KEYS: ReadonlySet<string> = new Set(['name', 'description', 'format']);
const SEARCH_KEYS: ReadonlySet<string> = new Set(['search_context_size', 'user_location']);
