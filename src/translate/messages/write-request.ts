import type { JsonObject } from '../../domain/call.ts';
import type { Conversation, Setting } from '../hub/conversation.ts';
import { loseOthers, loseSettings } from '../hub/lose.ts';
import type { Losses } from '../hub/losses.ts';
import type { RequestContext } from '../hub/translator.ts';
import { Breakpoints, cacheControl } from './cache.ts';
import { type ModelTraits, traitsOf } from './models.ts';
import { writeSampling } from './sampling.ts';
import { enforceable } from './schema.ts';
import { planThinking } from './thinking.ts';
import { BlockWriter } from './write-blocks.ts';
import { type WrittenMessages, writeMessages } from './write-messages.ts';
import { isForced, writeTools } from './write-tools.ts';

/** Settings that the Messages API has no word for. */
const NOT_THERE: readonly Setting[] = [
  'frequencyPenalty',
  'presencePenalty',
  'seed',
  'logitBias',
  'topLogprobs',
  'choices',
  'verbosity',
  'promptCacheKey',
  'metadata',
];

/** The API refuses user ids that name a person by an e-mail address or a telephone number, and longer ones. */
const PERSONAL = /^\s*([^\s@]+@[^\s@]+\.[^\s@]+|\+\d[\d\s().-]{6,})\s*$/;
const MAX_USER_ID = 512;

/** The body for `POST /v1/messages` (https://platform.claude.com/docs/en/api/messages/create). */
export function writeRequest(conversation: Conversation, context: RequestContext): JsonObject {
  const { losses, model } = context;
  const traits = traitsOf(model);
  const breakpoints = new Breakpoints();
  const tools = writeTools(conversation, traits, context, breakpoints);
  const written = writeMessages(conversation.messages, new BlockWriter(context, breakpoints), traits, losses);
  breakpoints.settle(conversation.cache !== undefined, losses);
  loseSettings(conversation, losses, NOT_THERE);
  loseOthers(conversation, losses);
  return {
    model,
    max_tokens: conversation.maxOutputTokens ?? traits.maxOutputTokens,
    ...(conversation.stream ? { stream: true } : {}),
    ...(written.system.length === 0 ? {} : { system: written.system }),
    messages: written.messages,
    ...tools,
    ...writeOutput(conversation, traits, written, losses),
    ...writeLabels(conversation, losses),
  };
}

/** How the answer is made: thinking, sampling, format, where it stops. */
function writeOutput(
  conversation: Conversation,
  traits: ModelTraits,
  written: WrittenMessages,
  losses: Losses,
): JsonObject {
  const limits = {
    maxTokens: conversation.maxOutputTokens ?? traits.maxOutputTokens,
    barred: barOf(conversation, written),
    budgetBarred: written.unthoughtLoop ? 'the calls being answered were made without thinking' : null,
  };
  const { thinking, effort } = planThinking(conversation, traits, limits, losses);
  const format = writeFormat(conversation, traits, losses);
  const config = { ...(effort === undefined ? {} : { effort }), ...(format === null ? {} : { format }) };
  const thinks = thinking !== undefined && thinking.type !== 'disabled';
  const stop = writeStop(conversation, losses);
  return {
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...writeSampling(conversation, traits, thinks, losses),
    ...(stop.length === 0 ? {} : { stop_sequences: stop }),
  };
}

function barOf({ toolChoice }: Conversation, { prefilled }: WrittenMessages): string | null {
  if (isForced(toolChoice)) return 'a tool call is forced, which excludes thinking';
  return prefilled ? 'the model continues an assistant message, which excludes thinking' : null;
}

function writeFormat(
  { responseFormat }: Conversation,
  traits: ModelTraits,
  losses: Losses,
): JsonObject | null {
  if (responseFormat === undefined) return null;
  const field = losses.nameOf('responseFormat');
  if (responseFormat.type === 'json_object') {
    losses.unsupported(field, 'it makes JSON by a schema only');
    return null;
  }
  if (!traits.structuredOutput) {
    losses.unsupported(field, 'this model cannot be held to a schema');
    return null;
  }
  const { schema, description } = responseFormat;
  const described =
    description === undefined || schema.description !== undefined ? schema : { ...schema, description };
  return {
    type: 'json_schema',
    schema: enforceable(described, (keyword) => losses.omitted(`${field}.${keyword}`)),
  };
}

function writeStop({ stop = [] }: Conversation, losses: Losses): string[] {
  const visible = stop.filter((sequence) => sequence.trim() !== '');
  if (visible.length < stop.length) {
    losses.unsupported(losses.nameOf('stop'), 'a stop sequence must hold more than white space');
  }
  return visible;
}

function writeLabels({ userId, serviceTier, cache }: Conversation, losses: Losses): JsonObject {
  const acceptable = userId !== undefined && userId.length <= MAX_USER_ID && !PERSONAL.test(userId);
  if (userId !== undefined && !acceptable) losses.omitted(losses.nameOf('userId'));
  if (serviceTier !== undefined && serviceTier !== 'default') losses.omitted(losses.nameOf('serviceTier'));
  return {
    ...(acceptable ? { metadata: { user_id: userId } } : {}),
    ...(serviceTier === 'default' ? { service_tier: 'standard_only' } : {}),
    ...(cache === undefined ? {} : { cache_control: cacheControl(cache) }),
  };
}
