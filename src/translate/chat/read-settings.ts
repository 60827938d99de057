import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type {
  CacheHint,
  Conversation,
  Effort,
  ReasoningSettings,
  ResponseFormat,
} from '../hub/conversation.ts';
import { readCacheHint } from './cache-hint.ts';
import {
  given,
  invalid,
  objectOf,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredText,
} from './fields.ts';

type Settings = Omit<
  Conversation,
  'model' | 'stream' | 'messages' | 'tools' | 'toolChoice' | 'others' | 'cache'
> & { readonly cache?: CacheHint };

/** The settings that change something: null and what is the default everywhere count as not said. */
export function readSettings(body: JsonObject): Settings {
  return {
    ...given('parallelToolCalls', optionalFlag(body, 'parallel_tool_calls') === false ? false : undefined),
    ...given('responseFormat', readResponseFormat(body)),
    ...given('reasoning', readReasoning(body)),
    ...given(
      'maxOutputTokens',
      optionalNumber(body, 'max_completion_tokens') ?? optionalNumber(body, 'max_tokens'),
    ),
    ...given('temperature', optionalNumber(body, 'temperature')),
    ...given('topP', optionalNumber(body, 'top_p')),
    ...given('topK', optionalNumber(body, 'top_k')),
    ...given('stop', readStop(body.stop)),
    ...given('frequencyPenalty', unless(optionalNumber(body, 'frequency_penalty'), 0)),
    ...given('presencePenalty', unless(optionalNumber(body, 'presence_penalty'), 0)),
    ...given('seed', optionalNumber(body, 'seed')),
    ...given('logitBias', notEmpty(optionalObject(body, 'logit_bias'))),
    ...given('topLogprobs', readLogprobs(body)),
    ...given('choices', unless(optionalNumber(body, 'n'), 1)),
    ...given('verbosity', unless(optionalText(body, 'verbosity'), 'medium')),
    ...given('serviceTier', unless(optionalText(body, 'service_tier'), 'auto')),
    ...given('userId', optionalText(body, 'safety_identifier') ?? optionalText(body, 'user')),
    ...given('promptCacheKey', optionalText(body, 'prompt_cache_key')),
    ...given('metadata', notEmpty(optionalObject(body, 'metadata'))),
    ...given('cache', readCacheHint({ cache_control: body.cache_control })),
  };
}

function unless<T>(value: T | undefined, unchanging: T): T | undefined {
  return value === unchanging ? undefined : value;
}

function notEmpty(object: JsonObject | undefined): JsonObject | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}

function readStop(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  const texts = list.filter((stop) => typeof stop === 'string');
  if (texts.length !== list.length) throw invalid('stop', 'must be a string or a list of strings');
  return texts.length === 0 ? undefined : texts;
}

function readLogprobs(body: JsonObject): number | undefined {
  const top = optionalNumber(body, 'top_logprobs');
  if (optionalFlag(body, 'logprobs') === true) return top ?? 0;
  if (top !== undefined && top > 0) throw invalid('top_logprobs', 'needs "logprobs" to be true');
  return undefined;
}

function readResponseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = optionalObject(body, 'response_format');
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json_object' };
  if (format.type !== 'json_schema') {
    throw invalid('response_format.type', 'must be "text", "json_object" or "json_schema"');
  }
  const at = 'response_format.json_schema';
  const wanted = objectOf(format.json_schema, at);
  return {
    type: 'json_schema',
    name: requiredText(wanted, 'name', at),
    schema: optionalObject(wanted, 'schema', at) ?? {},
    strict: optionalFlag(wanted, 'strict', at) ?? null,
    ...given('description', optionalText(wanted, 'description', at)),
  };
}

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** `reasoning_effort`, and Anthropic's `thinking`, which clients of many compatible servers send through Chat. */
function readReasoning(body: JsonObject): ReasoningSettings | undefined {
  const settings = { ...given('effort', readEffort(body)), ...readThinking(body) };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

function readEffort(body: JsonObject): Effort | undefined {
  const said = optionalText(body, 'reasoning_effort');
  if (said === undefined) return undefined;
  const effort = EFFORTS.find((known) => known === said);
  if (effort === undefined) throw invalid('reasoning_effort', `must be one of ${EFFORTS.join(', ')}`);
  return effort;
}

function readThinking(body: JsonObject): ReasoningSettings {
  const thinking = optionalObject(body, 'thinking');
  if (thinking === undefined) return {};
  const budget = given('budgetTokens', optionalNumber(thinking, 'budget_tokens', 'thinking'));
  switch (thinking.type) {
    case 'enabled':
      return { enabled: true, ...budget };
    case 'adaptive':
      return { enabled: true, adaptive: true };
    case 'disabled':
      return { enabled: false };
    default:
      throw invalid('thinking.type', 'must be "enabled", "disabled" or "adaptive"');
  }
}
