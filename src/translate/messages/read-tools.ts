import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Conversation, FunctionTool, Tool, ToolChoice, WebSearchTool } from '../hub/conversation.ts';
import { invalid, isSaid, listAt, numberAt, objectAtPath, optional, textAt, textsAt } from './fields.ts';
import { readCache } from './read-cache.ts';

/** Of a client's own tool; hints for how it streams change nothing of an answer. */
const FUNCTION_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
]);
const WEB_SEARCH_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'max_uses',
  'allowed_domains',
  'blocked_domains',
  'user_location',
  'cache_control',
]);

export function readTools(value: JsonValue | undefined, others: Record<string, JsonValue>): Tool[] {
  if (value === undefined || value === null) return [];
  return listAt(value, 'tools').map((item, i) => {
    const at = `tools[${i}]`;
    const tool = objectAtPath(item, at);
    const type = tool.type ?? 'custom';
    if (type === 'custom') return readFunction(tool, at, others);
    if (typeof type !== 'string') return invalid(`${at}.type`, 'must be a text');
    if (type.startsWith('web_search_')) return readWebSearch(tool, at, others);
    return { kind: 'server', type, at, ...readCache(tool, at) };
  });
}

function readFunction(tool: JsonObject, at: string, others: Record<string, JsonValue>): FunctionTool {
  const description = optional(tool.description, `${at}.description`, textAt);
  keepOthers(tool, at, FUNCTION_FIELDS, others);
  return {
    kind: 'function',
    name: textAt(tool.name, `${at}.name`),
    ...(description === undefined ? {} : { description }),
    schema: optional(tool.input_schema, `${at}.input_schema`, objectAtPath) ?? null,
    strict: typeof tool.strict === 'boolean' ? tool.strict : null,
    at,
    ...readCache(tool, at),
  };
}

function readWebSearch(tool: JsonObject, at: string, others: Record<string, JsonValue>): WebSearchTool {
  const maxUses = optional(tool.max_uses, `${at}.max_uses`, numberAt);
  const allowedDomains = optional(tool.allowed_domains, `${at}.allowed_domains`, textsAt);
  const blockedDomains = optional(tool.blocked_domains, `${at}.blocked_domains`, textsAt);
  const userLocation = optional(tool.user_location, `${at}.user_location`, objectAtPath);
  keepOthers(tool, at, WEB_SEARCH_FIELDS, others);
  return {
    kind: 'web_search',
    at,
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(allowedDomains === undefined ? {} : { allowedDomains }),
    ...(blockedDomains === undefined ? {} : { blockedDomains }),
    ...(userLocation === undefined ? {} : { userLocation }),
    ...readCache(tool, at),
  };
}

function keepOthers(
  tool: JsonObject,
  at: string,
  known: ReadonlySet<string>,
  others: Record<string, JsonValue>,
): void {
  for (const [key, value] of Object.entries(tool)) {
    if (!known.has(key) && isSaid(value) && value !== false && !isDirect(key, value))
      others[`${at}.${key}`] = value;
  }
}

/** Called by the model itself, as every tool is elsewhere. */
function isDirect(key: string, value: JsonValue): boolean {
  return key === 'allowed_callers' && Array.isArray(value) && value.includes('direct');
}

export function readToolChoice(
  value: JsonValue | undefined,
): Pick<Conversation, 'toolChoice' | 'parallelToolCalls'> {
  const choice = optional(value, 'tool_choice', objectAtPath);
  if (choice === undefined) return {};
  const toolChoice = choiceOf(choice);
  return {
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(choice.disable_parallel_tool_use === true ? { parallelToolCalls: false } : {}),
  };
}

function choiceOf(choice: JsonObject): ToolChoice | undefined {
  switch (choice.type) {
    case 'auto':
      return undefined;
    case 'any':
      return { type: 'required' };
    case 'none':
      return { type: 'none' };
    case 'tool':
      return { type: 'tool', name: textAt(choice.name, 'tool_choice.name') };
    default:
      return invalid('tool_choice.type', 'must be "auto", "any", "tool" or "none"');
  }
}
