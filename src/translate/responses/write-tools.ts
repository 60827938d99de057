import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type {
  Conversation,
  CustomTool,
  FunctionTool,
  Tool,
  ToolChoice,
  WebSearchTool,
} from '../hub/conversation.ts';
import type { RequestContext } from '../hub/translator.ts';

/** The tools that a provider is told of. */
export function writeTools({ tools }: Conversation, context: RequestContext): JsonObject[] {
  return tools.flatMap((tool) => writeTool(tool, context));
}

function writeTool(tool: Tool, context: RequestContext): JsonObject[] {
  switch (tool.kind) {
    case 'function':
      return [functionTool(tool, context)];
    case 'custom':
      return [customTool(tool, context)];
    case 'web_search':
      return [webSearchTool(tool, context)];
    case 'server':
      context.losses.unsupported(tool.at, `the tool "${tool.type}" is one that only its own provider runs`);
      return [];
  }
}

/** Where a client did not say, other dialects are lenient and this one is strict: so it is said. */
function functionTool(
  { name, description, schema, strict }: FunctionTool,
  { names }: RequestContext,
): JsonObject {
  return {
    type: 'function',
    name: names.sent(name),
    ...(description === undefined ? {} : { description }),
    parameters: withType(schema ?? { properties: {} }),
    strict: strict ?? false,
  };
}

/** OpenAI refuses a schema that does not say that it is an object's. */
function withType(schema: JsonObject): JsonObject {
  return schema.type === undefined ? { type: 'object', ...schema } : schema;
}

function customTool({ name, description, format }: CustomTool, { names }: RequestContext): JsonObject {
  return {
    type: 'custom',
    name: names.sent(name),
    ...(description === undefined ? {} : { description }),
    ...(format === null ? {} : { format }),
  };
}

function webSearchTool(tool: WebSearchTool, { losses }: RequestContext): JsonObject {
  if (tool.blockedDomains !== undefined) {
    losses.unsupported(`${tool.at}.blocked_domains`, 'only domains to search can be named there');
  }
  return {
    type: 'web_search',
    ...(tool.contextSize === undefined ? {} : { search_context_size: tool.contextSize }),
    ...(tool.allowedDomains === undefined ? {} : { filters: { allowed_domains: [...tool.allowedDomains] } }),
    ...(tool.userLocation === undefined ? {} : { user_location: tool.userLocation }),
  };
}

/** The web search is the only tool run there that a client of another dialect can ask for, so its limit is that of all. */
export function maxToolCalls({ tools }: Conversation): number | undefined {
  return tools.find((tool) => tool.kind === 'web_search')?.maxUses;
}

export function writeToolChoice(
  choice: ToolChoice,
  { tools }: Conversation,
  context: RequestContext,
): JsonValue {
  switch (choice.type) {
    case 'tool':
      return toolNamed(choice.name, tools, context);
    case 'allowed':
      return {
        type: 'allowed_tools',
        mode: choice.mode,
        tools: choice.names.map((name) => toolNamed(name, tools, context)),
      };
    default:
      return choice.type;
  }
}

function toolNamed(name: string, tools: readonly Tool[], { names }: RequestContext): JsonObject {
  const custom = tools.some((tool) => tool.kind === 'custom' && tool.name === name);
  return { type: custom ? 'custom' : 'function', name: names.sent(name) };
}
