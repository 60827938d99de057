import type { JsonObject } from '../../domain/call.ts';
import type { ChatExtra } from '../../domain/provider.ts';
import type { Conversation, ResponseFormat, Setting } from '../hub/conversation.ts';
import { effortOf } from '../hub/effort.ts';
import { loseSettings } from '../hub/lose.ts';
import { allowed, type NameRule } from '../hub/tool-names.ts';
import type { RequestContext } from '../hub/translator.ts';
import { given } from './fields.ts';

/** All settings but those of tools. */
export function writeSettings(conversation: Conversation, context: RequestContext): JsonObject {
  const { chat = {} } = context.provider;
  loseSettings(conversation, context.losses, NOWHERE);
  return {
    ...given(chat.maxTokensField ?? 'max_tokens', conversation.maxOutputTokens),
    ...given('temperature', conversation.temperature),
    ...given('top_p', conversation.topP),
    ...given('stop', writeStop(conversation, context)),
    ...given('frequency_penalty', conversation.frequencyPenalty),
    ...given('presence_penalty', conversation.presencePenalty),
    ...given('seed', conversation.seed),
    ...given('logit_bias', conversation.logitBias),
    ...writeLogprobs(conversation, context),
    ...given('response_format', writeFormat(conversation.responseFormat)),
    ...given('reasoning_effort', writeEffort(conversation, context)),
    ...writeExtras(conversation, context),
  };
}

/**
 * `choices`: an answer of the hub is one. `metadata`: OpenAI takes it only for what it is told to store.
 */
const NOWHERE: readonly Setting[] = ['choices', 'metadata'];

function writeStop({ stop }: Conversation, { provider, losses }: RequestContext): string[] | undefined {
  const most = provider.chat?.maxStops;
  if (stop === undefined) return undefined;
  if (most === undefined || stop.length <= most) return [...stop];
  losses.unsupported(losses.nameOf('stop'), `it takes at most ${most}`);
  return stop.slice(0, most);
}

/** The hub's stream has no place for log probabilities. */
function writeLogprobs({ topLogprobs, stream }: Conversation, { losses }: RequestContext): JsonObject {
  if (topLogprobs === undefined) return {};
  if (stream) {
    losses.unsupported(losses.nameOf('topLogprobs'), 'they cannot be streamed from there');
    return {};
  }
  return { logprobs: true, ...(topLogprobs > 0 ? { top_logprobs: topLogprobs } : {}) };
}

function writeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined || format.type === 'json_object') return format;
  const { name, schema, strict, description } = format;
  return {
    type: 'json_schema',
    json_schema: {
      name,
      ...given('description', description),
      schema,
      ...given('strict', strict ?? undefined),
    },
  };
}

/**
 * How much to think. Which models can be told not to is not known: what is turned off without a word for the effort is
 * left to the model, and said so.
 */
function writeEffort(
  conversation: Conversation,
  { provider, model, losses }: RequestContext,
): string | undefined {
  const { reasoning } = conversation;
  if (reasoning === undefined) return undefined;
  const plain = provider.chat?.plainModels?.some((prefix) => model.startsWith(prefix)) === true;
  const silent =
    reasoning.effort === undefined && (reasoning.enabled === false || reasoning.adaptive === true);
  if (plain) {
    if (!silent && reasoning.effort !== 'none')
      losses.unsupported(losses.nameOf('reasoning'), 'the model does not reason');
    return undefined;
  }
  if (reasoning.enabled === false && reasoning.effort === undefined) {
    losses.omitted(losses.nameOf('reasoning'));
    return undefined;
  }
  if (reasoning.summary !== undefined) losses.omitted(`${losses.nameOf('reasoning')}.summary`);
  return effortOf(reasoning);
}

/** OpenAI refuses longer ones (BerriAI/litellm cuts at the same length). */
const OPAQUE: NameRule = { forbidden: /[^\x20-\x7e]/g, maxLength: 64 };

const TIERS: ReadonlyMap<string, string> = new Map([
  ['default', 'default'],
  ['standard_only', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

function writeExtras(conversation: Conversation, context: RequestContext): JsonObject {
  const { userId, promptCacheKey, serviceTier, topK, verbosity } = conversation;
  return {
    ...extra('user', 'userId', userId === undefined ? undefined : allowed(userId, OPAQUE), context),
    ...extra(
      'prompt_cache_key',
      'promptCacheKey',
      promptCacheKey === undefined ? undefined : allowed(promptCacheKey, OPAQUE),
      context,
    ),
    ...extra(
      'service_tier',
      'serviceTier',
      serviceTier === undefined ? undefined : (TIERS.get(serviceTier) ?? null),
      context,
    ),
    ...extra('top_k', 'topK', topK, context),
    ...extra('verbosity', 'verbosity', verbosity, context),
  };

  /** Null: said, but in no word that the target has. */
  function extra(
    field: ChatExtra,
    setting: Setting,
    value: string | number | null | undefined,
    { provider }: RequestContext,
  ): JsonObject {
    if (value === undefined) return {};
    if (value !== null && provider.chat?.takes?.includes(field) === true) return { [field]: value };
    loseSettings(conversation, context.losses, [setting]);
    return {};
  }
}
