import type { JsonObject } from '../../domain/call.ts';
import type {
  Conversation,
  CustomTool,
  FunctionTool,
  Tool,
  ToolChoice,
  WebSearchTool,
} from '../hub/conversation.ts';
import { customToolDescription, customToolSchema } from '../hub/custom-tools.ts';
import type { Losses } from '../hub/losses.ts';
import type { ToolNames } from '../hub/tool-names.ts';
import type { RequestContext } from '../hub/translator.ts';
import { isGemini3, isVertex } from './model.ts';
import { geminiSchema } from './schema.ts';

/** `tools` and `toolConfig` (https://ai.google.dev/api/caching#Tool); neither where there is no tool. */
export function toolFields({ tools, toolChoice }: Conversation, context: RequestContext): JsonObject {
  const { losses, names } = context;
  for (const tool of tools) {
    if (tool.kind === 'server') losses.unsupported(tool.at, 'only the provider of that tool can run it');
  }
  const functions = tools.filter((tool) => tool.kind === 'function' || tool.kind === 'custom');
  const search = webSearch(tools, functions.length > 0, context);
  const written = [
    ...(functions.length === 0
      ? []
      : [{ functionDeclarations: functions.map((tool) => declaration(tool, names, losses)) }]),
    ...search,
  ];
  if (written.length === 0) return {};
  const both = functions.length > 0 && search.length > 0;
  const calling = callingConfig(toolChoice, both || functions.some(isStrict), names);
  const config = {
    ...(functions.length > 0 && calling !== null ? { functionCallingConfig: calling } : {}),
    // https://ai.google.dev/gemini-api/docs/tool-combination : without it the two together are refused.
    ...(both && !isVertex(context.provider) ? { includeServerSideToolInvocations: true } : {}),
  };
  return { tools: written, ...(Object.keys(config).length === 0 ? {} : { toolConfig: config }) };
}

function webSearch(tools: readonly Tool[], besideFunctions: boolean, context: RequestContext): JsonObject[] {
  const tool = tools.find((candidate) => candidate.kind === 'web_search');
  if (tool === undefined) return [];
  if (besideFunctions && !isGemini3(context.model)) {
    context.losses.unsupported(tool.at, 'this model cannot search the web beside other tools');
    return [];
  }
  return [{ googleSearch: searchSettings(tool, context) }];
}

function searchSettings(tool: WebSearchTool, { losses, provider }: RequestContext): JsonObject {
  const { at, maxUses, contextSize, userLocation, allowedDomains, blockedDomains } = tool;
  if (maxUses !== undefined) losses.omitted(`${at}.max_uses`);
  if (contextSize !== undefined) losses.omitted(`${at}.search_context_size`);
  if (userLocation !== undefined) losses.omitted(`${at}.user_location`);
  if (allowedDomains !== undefined) {
    losses.unsupported(`${at}.allowed_domains`, 'its web search cannot be kept to some domains');
  }
  if (blockedDomains === undefined) return {};
  if (isVertex(provider)) return { excludeDomains: [...blockedDomains] };
  losses.unsupported(`${at}.blocked_domains`, 'its web search cannot leave out domains');
  return {};
}

function declaration(tool: FunctionTool | CustomTool, names: ToolNames, losses: Losses): JsonObject {
  const description = tool.kind === 'custom' ? customToolDescription(tool, losses) : (tool.description ?? '');
  const schema = tool.kind === 'custom' ? customToolSchema() : parameters(tool, losses);
  return {
    name: names.sent(tool.name),
    ...(description === '' ? {} : { description }),
    ...(schema === null ? {} : { parametersJsonSchema: schema }),
  };
}

/** The arguments are always an object; some clients do not say so. */
function parameters({ schema, at }: FunctionTool, losses: Losses): JsonObject | null {
  if (schema === null) return null;
  const converted = geminiSchema(schema);
  for (const keyword of converted.ignored) losses.omitted(`${at}.${keyword}`);
  const isOpen = ['type', '$ref', 'anyOf', 'oneOf'].every((key) => converted.schema[key] === undefined);
  return isOpen ? { type: 'object', ...converted.schema } : converted.schema;
}

function isStrict(tool: FunctionTool | CustomTool): boolean {
  return tool.kind === 'function' && tool.strict === true;
}

/**
 * https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes . VALIDATED is AUTO with calls that keep to
 * their schemas, and the only mode that takes a choice of functions without demanding a call.
 */
function callingConfig(
  choice: ToolChoice | undefined,
  validated: boolean,
  names: ToolNames,
): JsonObject | null {
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return validated ? { mode: 'VALIDATED' } : null;
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [names.sent(choice.name)] };
    case 'allowed':
      return {
        mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED',
        allowedFunctionNames: choice.names.map((name) => names.sent(name)),
      };
  }
}
