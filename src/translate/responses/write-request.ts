import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Conversation, ResponseFormat, Setting } from '../hub/conversation.ts';
import { loseCacheHints, loseOthers, loseSettings } from '../hub/lose.ts';
import { allowed } from '../hub/tool-names.ts';
import type { RequestContext } from '../hub/translator.ts';
import { wantsEncryptedReasoning, writeReasoning } from './reasoning.ts';
import { writeInput, writeInstructions } from './write-input.ts';
import { maxToolCalls, writeToolChoice, writeTools } from './write-tools.ts';

/**
 * The body for a provider (https://platform.openai.com/docs/api-reference/responses/create). Nothing is stored there, since
 * the client could not get at it; so reasoning comes back sealed, for the client to keep.
 */
export function writeRequest(conversation: Conversation, context: RequestContext): JsonObject {
  loseSettings(conversation, context.losses, NOT_THERE);
  loseOthers(conversation, context.losses, CARRIED);
  loseCacheHints(conversation, context.losses);
  const tools = writeTools(conversation, context);
  return withoutUndefined({
    model: context.model,
    instructions: writeInstructions(conversation, context),
    input: writeInput(conversation, context),
    tools: tools.length === 0 ? undefined : tools,
    ...writeSettings(conversation, context),
    ...carried(conversation),
    store: false,
    stream: conversation.stream ? true : undefined,
  });
}

const NOT_THERE: readonly Setting[] = [
  'topK',
  'stop',
  'frequencyPenalty',
  'presencePenalty',
  'seed',
  'logitBias',
  'choices',
];

/** Chat has these under the same names. */
const CARRIED: ReadonlySet<string> = new Set([
  'safety_identifier',
  'prompt_cache_retention',
  'prompt_cache_options',
]);

function carried({ others }: Conversation): JsonObject {
  return Object.fromEntries(Object.entries(others).filter(([field]) => CARRIED.has(field)));
}

function writeSettings(conversation: Conversation, context: RequestContext): JsonObject {
  const { toolChoice, reasoning, userId } = conversation;
  const include = includes(conversation, context);
  return {
    tool_choice: toolChoice && writeToolChoice(toolChoice, conversation, context),
    max_tool_calls: maxToolCalls(conversation),
    parallel_tool_calls: conversation.parallelToolCalls,
    text: writeText(conversation),
    reasoning: reasoning && writeReasoning(reasoning, context.losses),
    max_output_tokens: conversation.maxOutputTokens,
    temperature: conversation.temperature,
    top_p: conversation.topP,
    top_logprobs: conversation.topLogprobs,
    include: include.length === 0 ? undefined : include,
    service_tier: serviceTier(conversation, context),
    user: userId === undefined ? undefined : allowed(userId, USER_ID),
    prompt_cache_key: conversation.promptCacheKey,
    metadata: conversation.metadata,
  };
}

/** OpenAI answers 400 to a longer one, such as Claude Code sends. */
const USER_ID = { forbidden: /(?!)/g, maxLength: 64 };

function includes(conversation: Conversation, { model, losses }: RequestContext): string[] {
  const include: string[] = [];
  if (wantsEncryptedReasoning(model, conversation)) include.push('reasoning.encrypted_content');
  if (conversation.topLogprobs !== undefined) {
    if (conversation.stream) losses.unsupported(losses.nameOf('topLogprobs'), 'it is not known of a stream');
    include.push('message.output_text.logprobs');
  }
  return include;
}

function writeText({ responseFormat, verbosity }: Conversation): JsonObject | undefined {
  if (responseFormat === undefined && verbosity === undefined) return undefined;
  return withoutUndefined({ format: responseFormat && writeFormat(responseFormat), verbosity });
}

/** As Chat's `response_format`, but flat. */
function writeFormat(format: ResponseFormat): JsonObject {
  if (format.type === 'json_object') return { type: 'json_object' };
  const { type, name, schema, strict, description } = format;
  return withoutUndefined({ type, name, description, schema, strict: strict ?? undefined });
}

/** Anthropic's `standard_only` is OpenAI's `default`: what is paid for by the token. */
function serviceTier({ serviceTier: tier }: Conversation, { losses }: RequestContext): string | undefined {
  if (tier === undefined || OPENAI_TIERS.has(tier)) return tier;
  if (tier === 'standard_only') return 'default';
  losses.omitted(losses.nameOf('serviceTier'));
  return undefined;
}

const OPENAI_TIERS: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'flex',
  'scale',
  'priority',
  'fast',
  'ultrafast',
]);

function withoutUndefined(object: Record<string, JsonValue | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
