import type { JsonObject } from '../../domain/call.ts';
import { asObject, textOf } from '../../json.ts';
import type {
  Conversation,
  CustomTool,
  FunctionTool,
  Message,
  Tool,
  ToolChoice,
  WebSearchTool,
} from '../hub/conversation.ts';
import { customToolDescription, customToolSchema } from '../hub/custom-tools.ts';
import type { RequestContext } from '../hub/translator.ts';
import type { Breakpoints } from './cache.ts';
import type { ModelTraits } from './models.ts';
import { enforceable } from './schema.ts';

const LOCATION_FIELDS = ['city', 'region', 'country', 'timezone'];

/** `tools` and `tool_choice`, as members to spread. */
export function writeTools(
  conversation: Conversation,
  traits: ModelTraits,
  context: RequestContext,
  breakpoints: Breakpoints,
): { readonly tools?: JsonObject[]; readonly tool_choice?: JsonObject } {
  const offered = conversation.tools.filter((tool) => isOffered(tool, conversation.toolChoice));
  const tools: JsonObject[] = [];
  for (const tool of offered) {
    const written = writeTool(tool, traits, context);
    breakpoints.mark(written, tool);
    if (written !== null) tools.push(written);
  }
  if (tools.length === 0) return calledBefore(conversation.messages, context);
  const choice = writeChoice(conversation, traits, context);
  return { tools, ...(choice === null ? {} : { tool_choice: choice }) };
}

/** A choice among some tools has no form there: only those are offered. */
function isOffered(tool: Tool, choice: ToolChoice | undefined): boolean {
  if (choice?.type !== 'allowed') return true;
  const name = tool.kind === 'function' || tool.kind === 'custom' ? tool.name : tool.kind;
  return choice.names.includes(name);
}

/** Old calls in the history need their tools to be there; without any on offer they are there not to be called. */
function calledBefore(
  messages: readonly Message[],
  { names }: RequestContext,
): { readonly tools?: JsonObject[]; readonly tool_choice?: JsonObject } {
  const called = messages.flatMap((message) =>
    message.role === 'assistant'
      ? message.content.flatMap((part) => (part.type === 'tool_call' ? names.sent(part.name) : []))
      : [],
  );
  if (called.length === 0) return {};
  const tools = [...new Set(called)].map((name) => ({ name, input_schema: { type: 'object' } }));
  return { tools, tool_choice: { type: 'none' } };
}

function writeTool(tool: Tool, traits: ModelTraits, context: RequestContext): JsonObject | null {
  switch (tool.kind) {
    case 'function':
      return writeFunction(tool, traits, context);
    case 'custom':
      return writeCustom(tool, context);
    case 'web_search':
      return writeWebSearch(tool, context);
    case 'server':
      context.losses.unsupported(tool.at, `the tool "${tool.type}" is run by its own provider only`);
      return null;
  }
}

function writeFunction(
  tool: FunctionTool,
  traits: ModelTraits,
  { names, losses }: RequestContext,
): JsonObject {
  const { name, description, schema, strict, at } = tool;
  const parameters: JsonObject = schema?.type === undefined ? { type: 'object', ...schema } : schema;
  const written: JsonObject = {
    name: names.sent(name),
    ...(description === undefined ? {} : { description }),
    input_schema: parameters,
  };
  if (strict !== true) return written;
  if (!traits.structuredOutput) {
    losses.omitted(`${at}.strict`);
    return written;
  }
  const inputSchema = enforceable(parameters, (keyword) => losses.omitted(`${at}.${keyword}`));
  return { ...written, input_schema: inputSchema, strict: true };
}

function writeCustom(tool: CustomTool, { names, losses }: RequestContext): JsonObject {
  const description = customToolDescription(tool, losses);
  return {
    name: names.sent(tool.name),
    ...(description === '' ? {} : { description }),
    input_schema: customToolSchema(),
  };
}

function writeWebSearch(tool: WebSearchTool, { losses }: RequestContext): JsonObject {
  const { maxUses, contextSize, allowedDomains, blockedDomains, userLocation, at } = tool;
  // How much of the pages is read cannot be said; how often it searches is another thing.
  if (contextSize !== undefined) losses.omitted(`${at}.search_context_size`);
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(maxUses === undefined ? {} : { max_uses: maxUses }),
    ...(allowedDomains === undefined ? {} : { allowed_domains: [...allowedDomains] }),
    ...(blockedDomains === undefined ? {} : { blocked_domains: [...blockedDomains] }),
    ...(userLocation === undefined ? {} : { user_location: writeLocation(userLocation) }),
  };
}

/** Chat nests the place in `approximate`, Responses does not. */
function writeLocation(location: JsonObject): JsonObject {
  const place = asObject(location.approximate) ?? location;
  const known = LOCATION_FIELDS.flatMap((field) => {
    const value = textOf(place[field]);
    return value === '' ? [] : [[field, value] as const];
  });
  return { type: 'approximate', ...Object.fromEntries(known) };
}

function writeChoice(
  { toolChoice, parallelToolCalls }: Conversation,
  traits: ModelTraits,
  { names, losses }: RequestContext,
): JsonObject | null {
  const forced = isForced(toolChoice);
  if (forced && !traits.forcedTools) {
    losses.unsupported(losses.nameOf('toolChoice'), 'this model cannot be forced to call a tool');
  }
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (toolChoice?.type === 'none') return { type: 'none' };
  if (!forced || !traits.forcedTools) {
    return parallelToolCalls === false ? { type: 'auto', ...single } : null;
  }
  if (toolChoice?.type === 'tool') return { type: 'tool', name: names.sent(toolChoice.name), ...single };
  return { type: 'any', ...single };
}

/** The model has to call a tool. */
export function isForced(choice: ToolChoice | undefined): boolean {
  if (choice?.type === 'allowed') return choice.mode === 'required';
  return choice?.type === 'required' || choice?.type === 'tool';
}
