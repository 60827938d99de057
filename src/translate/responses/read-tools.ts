import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, objectsIn, textOf } from '../../json.ts';
import type { CustomTool, FunctionTool, Tool, ToolChoice, WebSearchTool } from '../hub/conversation.ts';
import {
  booleanAt,
  filledObjectAt,
  invalid,
  itemsAt,
  type Others,
  requiredTextAt,
  setAsideRest,
  textAt,
} from './fields.ts';

/** `tools`. Those that the provider runs, but for the web search, keep their type and nothing else: they exist nowhere else. */
export function readTools(value: JsonValue | undefined, others: Others): Tool[] {
  if (value === undefined || value === null) return [];
  return itemsAt(value, 'tools').map(({ item, at }) => readTool(item, at, others));
}

function readTool(tool: JsonObject, at: string, others: Others): Tool {
  const type = requiredTextAt(tool, 'type', `${at}.type`);
  if (type === 'function') return functionTool(tool, at, others);
  if (type === 'custom') return customTool(tool, at, others);
  if (WEB_SEARCH.test(type)) return webSearchTool(tool, at, others);
  return { kind: 'server', type, at };
}

/** `web_search`, `web_search_preview`, each also with the date of a version. */
const WEB_SEARCH = /^web_search(_preview)?(_\d{4}_\d{2}_\d{2})?$/;

function functionTool(tool: JsonObject, at: string, others: Others): FunctionTool {
  setAsideRest(tool, `${at}.`, others, FUNCTION_FIELDS, NEUTRAL);
  return {
    kind: 'function',
    name: requiredTextAt(tool, 'name', `${at}.name`),
    ...describe(tool, at),
    schema: schemaOf(tool, `${at}.parameters`),
    strict: booleanAt(tool, 'strict', `${at}.strict`) ?? null,
    at,
  };
}

const FUNCTION_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'description', 'parameters', 'strict']);
const NEUTRAL: Readonly<Record<string, JsonValue>> = {
  defer_loading: false,
  async: false,
  allowed_callers: ['direct'],
};

/** An empty schema is one: it says that the tool takes an object. */
function schemaOf(tool: JsonObject, at: string): JsonObject | null {
  const { parameters } = tool;
  if (parameters === undefined || parameters === null) return null;
  const schema = asObject(parameters);
  if (schema === null) throw invalid(at, 'has to be a JSON Schema');
  return schema;
}

function customTool(tool: JsonObject, at: string, others: Others): CustomTool {
  setAsideRest(tool, `${at}.`, others, CUSTOM_FIELDS, NEUTRAL);
  const format = filledObjectAt(tool, 'format', `${at}.format`);
  return {
    kind: 'custom',
    name: requiredTextAt(tool, 'name', `${at}.name`),
    ...describe(tool, at),
    format: format === undefined || format.type === 'text' ? null : format,
    at,
  };
}

const CUSTOM_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'description', 'format']);

function describe(tool: JsonObject, at: string): { description?: string } {
  const description = textAt(tool, 'description', `${at}.description`);
  return description === undefined ? {} : { description };
}

function webSearchTool(tool: JsonObject, at: string, others: Others): WebSearchTool {
  setAsideRest(tool, `${at}.`, others, SEARCH_FIELDS, SEARCH_NEUTRAL);
  const filters = filledObjectAt(tool, 'filters', `${at}.filters`) ?? {};
  setAsideRest(filters, `${at}.filters.`, others, FILTERS);
  const contextSize = textAt(tool, 'search_context_size', `${at}.search_context_size`);
  const allowedDomains = domains(filters, 'allowed_domains');
  const blockedDomains = domains(filters, 'blocked_domains');
  const userLocation = filledObjectAt(tool, 'user_location', `${at}.user_location`);
  return {
    kind: 'web_search',
    at,
    ...(contextSize === undefined || contextSize === 'medium' ? {} : { contextSize }),
    ...(allowedDomains.length === 0 ? {} : { allowedDomains }),
    ...(blockedDomains.length === 0 ? {} : { blockedDomains }),
    ...(userLocation === undefined ? {} : { userLocation }),
  };
}

const SEARCH_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'filters',
  'search_context_size',
  'user_location',
]);
const SEARCH_NEUTRAL: Readonly<Record<string, JsonValue>> = {
  external_web_access: true,
  search_content_types: ['text'],
};
const FILTERS: ReadonlySet<string> = new Set(['allowed_domains', 'blocked_domains']);

function domains(filters: JsonObject, key: string): string[] {
  const list = filters[key];
  return Array.isArray(list) ? list.filter((domain) => typeof domain === 'string') : [];
}

/**
 * `max_tool_calls` counts calls of the tools that the provider runs. With the web search alone it is that tool's own limit;
 * with none it limits nothing.
 */
export function limitToolCalls(tools: readonly Tool[], limit: number, others: Others): readonly Tool[] {
  const run = tools.filter(({ kind }) => kind === 'web_search' || kind === 'server');
  if (run.length === 1 && run[0]?.kind === 'web_search') {
    return tools.map((tool) => (tool.kind === 'web_search' ? { ...tool, maxUses: limit } : tool));
  }
  if (run.length > 0) others.max_tool_calls = limit;
  return tools;
}

/** `tool_choice`. Of the tools that the provider runs none can be demanded elsewhere. */
export function readToolChoice(value: JsonValue | undefined, others: Others): ToolChoice | undefined {
  if (value === undefined || value === null || value === 'auto') return undefined;
  if (value === 'none' || value === 'required') return { type: value };
  const choice = asObject(value);
  if (choice === null) throw invalid('tool_choice', 'has to be "auto", "none", "required" or an object');
  if (isCallable(choice)) return { type: 'tool', name: requiredTextAt(choice, 'name', 'tool_choice.name') };
  const allowed = choice.type === 'allowed_tools' ? allowedTools(choice) : null;
  if (allowed === null) others.tool_choice = value;
  return allowed ?? undefined;
}

function allowedTools({ mode, tools }: JsonObject): ToolChoice | null {
  const listed = objectsIn(tools);
  if (!listed.every(isCallable)) return null;
  const names = listed.map(({ name }) => textOf(name));
  return { type: 'allowed', mode: mode === 'required' ? 'required' : 'auto', names };
}

function isCallable({ type }: JsonObject): boolean {
  return type === 'function' || type === 'custom';
}
