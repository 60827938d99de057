import type { JsonObject } from '../../domain/call.ts';
import type { Conversation, Effort, ReasoningSettings, ResponseFormat } from '../hub/conversation.ts';
import {
  booleanAt,
  filledObjectAt,
  invalid,
  numberAt,
  type Others,
  requiredTextAt,
  setAsideRest,
  textAt,
} from './fields.ts';

type Settings = Partial<Omit<Conversation, 'others'>>;

/** The fields of the body that are read here. */
export const SETTING_FIELDS = [
  'text',
  'reasoning',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'include',
  'parallel_tool_calls',
  'service_tier',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'metadata',
] as const;

export function readSettings(body: JsonObject, others: Others): Settings {
  const text = filledObjectAt(body, 'text', 'text') ?? {};
  setAsideRest(text, 'text.', others, new Set(['format', 'verbosity']));
  return defined({
    parallelToolCalls:
      booleanAt(body, 'parallel_tool_calls', 'parallel_tool_calls') === false ? false : undefined,
    responseFormat: responseFormat(text),
    verbosity: unless('medium', textAt(text, 'verbosity', 'text.verbosity')),
    reasoning: reasoning(body, others),
    maxOutputTokens: numberAt(body, 'max_output_tokens'),
    temperature: numberAt(body, 'temperature'),
    topP: numberAt(body, 'top_p'),
    topLogprobs: topLogprobs(body, others),
    serviceTier: unless('auto', textAt(body, 'service_tier', 'service_tier')),
    userId: userId(body, others),
    promptCacheKey: textAt(body, 'prompt_cache_key', 'prompt_cache_key'),
    metadata: filledObjectAt(body, 'metadata', 'metadata'),
  });
}

type Undefinable<T> = { [K in keyof T]: T[K] | undefined };

function defined(settings: Undefinable<Settings>): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function unless(neutral: string, text: string | undefined): string | undefined {
  return text === neutral ? undefined : text;
}

/** `text.format`: as Chat's `response_format`, but flat. */
function responseFormat(text: JsonObject): ResponseFormat | undefined {
  const at = 'text.format';
  const format = filledObjectAt(text, 'format', at);
  switch (format?.type) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema':
      return jsonSchema(format, at);
    default:
      throw invalid(`${at}.type`, 'has to be "text", "json_object" or "json_schema"');
  }
}

function jsonSchema(format: JsonObject, at: string): ResponseFormat {
  const description = textAt(format, 'description', `${at}.description`);
  const schema = filledObjectAt(format, 'schema', `${at}.schema`);
  if (schema === undefined) throw invalid(`${at}.schema`, 'is missing');
  return {
    type: 'json_schema',
    name: requiredTextAt(format, 'name', `${at}.name`),
    schema,
    strict: booleanAt(format, 'strict', `${at}.strict`) ?? null,
    ...(description === undefined ? {} : { description }),
  };
}

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

function reasoning(body: JsonObject, others: Others): ReasoningSettings | undefined {
  const settings = filledObjectAt(body, 'reasoning', 'reasoning');
  if (settings === undefined) return undefined;
  setAsideRest(settings, 'reasoning.', others, REASONING_FIELDS, { mode: 'standard', context: 'auto' });
  const said = textAt(settings, 'effort', 'reasoning.effort');
  const effort = EFFORTS.find((known) => known === said);
  if (said !== undefined && effort === undefined) {
    throw invalid('reasoning.effort', `has to be one of ${EFFORTS.join(', ')}`);
  }
  const summary =
    textAt(settings, 'summary', 'reasoning.summary') ??
    textAt(settings, 'generate_summary', 'reasoning.generate_summary');
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort === undefined ? {} : { effort }), ...(summary === undefined ? {} : { summary }) };
}

const REASONING_FIELDS: ReadonlySet<string> = new Set(['effort', 'summary', 'generate_summary']);

const LOGPROBS = 'message.output_text.logprobs';
/** Reasoning is always given sealed to a client of Responses. */
const SEALED_REASONING = 'reasoning.encrypted_content';

function topLogprobs(body: JsonObject, others: Others): number | undefined {
  const { include } = body;
  const asked = Array.isArray(include) ? include : [];
  const rest = asked.filter((one) => one !== LOGPROBS && one !== SEALED_REASONING);
  if (rest.length > 0) others.include = rest;
  const top = numberAt(body, 'top_logprobs');
  if (asked.includes(LOGPROBS)) return top ?? 0;
  return top === 0 ? undefined : top;
}

/** `safety_identifier` took the place of `user`; a client may still send both. */
function userId(body: JsonObject, others: Others): string | undefined {
  const user = textAt(body, 'user', 'user');
  const identifier = textAt(body, 'safety_identifier', 'safety_identifier');
  if (user !== undefined && identifier !== undefined && user !== identifier) {
    others.safety_identifier = identifier;
  }
  return user ?? identifier;
}
