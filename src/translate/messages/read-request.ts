import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type {
  Conversation,
  Effort,
  ReasoningSettings,
  ResponseFormat,
  Setting,
} from '../hub/conversation.ts';
import { refuseThread } from '../hub/threads.ts';
import { invalid, isSaid, numberAt, objectAtPath, optional, textAt, textsAt } from './fields.ts';
import type { Reading } from './read-blocks.ts';
import { readCache } from './read-cache.ts';
import { readMessages } from './read-messages.ts';
import { readToolChoice, readTools } from './read-tools.ts';
import { isStrictEverywhere } from './schema.ts';

/** What this dialect calls the settings of the hub. */
export const FIELD_NAMES: Readonly<Partial<Record<Setting, string>>> = {
  toolChoice: 'tool_choice',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  responseFormat: 'output_config.format',
  reasoning: 'thinking',
  maxOutputTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
  serviceTier: 'service_tier',
  userId: 'metadata.user_id',
  cache: 'cache_control',
};

const READ: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'service_tier',
  'metadata',
  'cache_control',
]);
const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

export function readRequest(body: JsonObject): Conversation {
  refuseThread(body);
  const others: Record<string, JsonValue> = {};
  const reading: Reading = { toolNames: new Map(), others };
  const messages = readMessages(body, reading);
  const tools = readTools(body.tools, others);
  for (const [key, value] of Object.entries(body)) {
    if (!READ.has(key) && isSaid(value) && !(key === 'speed' && value === 'standard')) others[key] = value;
  }
  return {
    model: textAt(body.model, 'model'),
    stream: body.stream === true,
    messages,
    tools,
    ...readToolChoice(body.tool_choice),
    ...readOutput(body, others),
    ...readNumbers(body),
    ...readLabels(body),
    others,
  };
}

function readNumbers(body: JsonObject): Partial<Conversation> {
  const maxOutputTokens = optional(body.max_tokens, 'max_tokens', numberAt);
  const temperature = optional(body.temperature, 'temperature', numberAt);
  const topP = optional(body.top_p, 'top_p', numberAt);
  const topK = optional(body.top_k, 'top_k', numberAt);
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
  };
}

function readLabels(body: JsonObject): Partial<Conversation> {
  const stop = optional(body.stop_sequences, 'stop_sequences', textsAt) ?? [];
  const tier = optional(body.service_tier, 'service_tier', textAt);
  const metadata = optional(body.metadata, 'metadata', objectAtPath);
  const userId = optional(metadata?.user_id, 'metadata.user_id', textAt);
  return {
    ...(stop.length === 0 ? {} : { stop }),
    // `auto` is the default everywhere; `standard_only` is what OpenAI calls `default`.
    ...(tier === undefined || tier === 'auto'
      ? {}
      : { serviceTier: tier === 'standard_only' ? 'default' : tier }),
    ...(userId === undefined ? {} : { userId }),
    ...readCache(body, ''),
  };
}

function readOutput(body: JsonObject, others: Record<string, JsonValue>): Partial<Conversation> {
  const config = optional(body.output_config, 'output_config', objectAtPath) ?? {};
  for (const [key, value] of Object.entries(config)) {
    if (key !== 'effort' && key !== 'format' && isSaid(value)) others[`output_config.${key}`] = value;
  }
  // `output_format` is the older name of the same.
  const at = isSaid(config.format) ? 'output_config.format' : 'output_format';
  const format = optional(config.format ?? body.output_format, at, objectAtPath);
  const reasoning: ReasoningSettings = {
    ...readThinkingSettings(body.thinking),
    ...readEffort(config.effort),
  };
  return {
    ...(Object.keys(reasoning).length === 0 ? {} : { reasoning }),
    ...(format === undefined ? {} : { responseFormat: readFormat(format, at) }),
  };
}

function readThinkingSettings(value: JsonValue | undefined): ReasoningSettings {
  const thinking = optional(value, 'thinking', objectAtPath);
  if (thinking === undefined) return {};
  const summary = thinking.display === 'summarized' ? { summary: 'auto' } : {};
  switch (thinking.type) {
    case 'disabled':
      return { enabled: false };
    case 'enabled':
      return {
        enabled: true,
        budgetTokens: numberAt(thinking.budget_tokens, 'thinking.budget_tokens'),
        ...summary,
      };
    case 'adaptive':
      return { enabled: true, adaptive: true, ...summary };
    case 'between_tools':
      // The least that some models can be told to think.
      return { effort: 'low' };
    default:
      return invalid('thinking.type', 'must be "enabled", "adaptive", "between_tools" or "disabled"');
  }
}

function readEffort(value: JsonValue | undefined): ReasoningSettings {
  if (value === undefined || value === null) return {};
  const effort = EFFORTS.find((known) => known === value);
  return effort === undefined
    ? invalid('output_config.effort', `must be one of ${EFFORTS.join(', ')}`)
    : { effort };
}

function readFormat(format: JsonObject, at: string): ResponseFormat {
  if (format.type !== 'json_schema') return invalid(`${at}.type`, 'must be "json_schema"');
  const schema = objectAtPath(format.schema, `${at}.schema`);
  // Anthropic always holds the model to the schema; OpenAI does so only for schemas that also fit its own rules.
  return { type: 'json_schema', name: 'response', schema, strict: isStrictEverywhere(schema) ? true : null };
}
