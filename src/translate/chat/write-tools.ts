import type { JsonObject } from '../../domain/call.ts';
import type { Conversation, CustomTool, FunctionTool, Tool, WebSearchTool } from '../hub/conversation.ts';
import { customToolDescription, customToolSchema } from '../hub/custom-tools.ts';
import type { RequestContext } from '../hub/translator.ts';
import { given } from './fields.ts';

/** `tools` and what goes with them. Nothing without tools: OpenAI refuses a choice among none. */
export function writeTools(conversation: Conversation, context: RequestContext): JsonObject {
  const search = conversation.tools
    .filter((tool) => tool.kind === 'web_search')
    .map((tool) => writeWebSearch(tool, context))
    .find((options) => options !== undefined);
  const tools = allowedTools(conversation).flatMap((tool) => writeTool(tool, context));
  return {
    ...given('web_search_options', search),
    ...(tools.length === 0
      ? {}
      : {
          tools,
          ...given('tool_choice', writeChoice(conversation, context)),
          ...given('parallel_tool_calls', conversation.parallelToolCalls),
        }),
  };
}

/** A choice among some tools is the offer of those alone: not all servers know `allowed_tools`, and it means the same. */
function allowedTools({ tools, toolChoice }: Conversation): readonly Tool[] {
  if (toolChoice?.type !== 'allowed') return tools;
  return tools.filter((tool) => !('name' in tool) || toolChoice.names.includes(tool.name));
}

function writeChoice(
  { toolChoice }: Conversation,
  { names }: RequestContext,
): string | JsonObject | undefined {
  switch (toolChoice?.type) {
    case undefined:
    case 'auto':
      return undefined;
    case 'none':
    case 'required':
      return toolChoice.type;
    case 'tool':
      return { type: 'function', function: { name: names.sent(toolChoice.name) } };
    case 'allowed':
      return toolChoice.mode === 'required' ? 'required' : undefined;
  }
}

function writeTool(tool: Tool, context: RequestContext): JsonObject[] {
  switch (tool.kind) {
    case 'function':
      return [writeFunction(tool, context)];
    case 'custom':
      return [writeCustom(tool, context)];
    case 'web_search':
      return [];
    case 'server':
      context.losses.unsupported(tool.at, `it does not run the tool "${tool.type}"`);
      return [];
  }
}

/** `strict` only where the client said it: without it Chat is not strict, and strict schemas are a subset. */
function writeFunction(
  { name, description, schema, strict }: FunctionTool,
  { names }: RequestContext,
): JsonObject {
  return {
    type: 'function',
    function: {
      name: names.sent(name),
      ...given('description', description),
      parameters: schemaOf(schema),
      ...given('strict', strict ?? undefined),
    },
  };
}

/** Servers want an object's schema; clients of other dialects may leave its type out. */
function schemaOf(schema: JsonObject | null): JsonObject {
  if (schema === null) return { type: 'object', properties: {} };
  return schema.type === undefined ? { type: 'object', ...schema } : schema;
}

function writeCustom(tool: CustomTool, { names, losses }: RequestContext): JsonObject {
  const description = customToolDescription(tool, losses);
  return {
    type: 'function',
    function: {
      name: names.sent(tool.name),
      ...given('description', description === '' ? undefined : description),
      parameters: customToolSchema(),
    },
  };
}

function writeWebSearch(tool: WebSearchTool, { provider, losses }: RequestContext): JsonObject | undefined {
  if (provider.chat?.takes?.includes('web_search_options') !== true) {
    losses.unsupported(tool.at, 'it does not search the web');
    return undefined;
  }
  if (tool.allowedDomains !== undefined || tool.blockedDomains !== undefined) {
    losses.unsupported(tool.at, 'its search of the web cannot be kept to some domains');
  }
  if (tool.maxUses !== undefined) losses.omitted(`${tool.at}.max_uses`);
  const { type: _, ...approximate } = tool.userLocation ?? {};
  return {
    ...given('search_context_size', tool.contextSize),
    ...(tool.userLocation === undefined ? {} : { user_location: { type: 'approximate', approximate } }),
  };
}
