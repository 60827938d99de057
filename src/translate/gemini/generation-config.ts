import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Conversation } from '../hub/conversation.ts';
import type { Losses } from '../hub/losses.ts';
import type { RequestContext } from '../hub/translator.ts';
import { geminiSchema } from './schema.ts';
import { thinkingConfig } from './thinking.ts';

const MAX_STOP_SEQUENCES = 5;

/** `generationConfig` (https://ai.google.dev/api/generate-content#v1beta.GenerationConfig). */
export function generationConfig(
  conversation: Conversation,
  { model, losses }: RequestContext,
): JsonObject | null {
  const config: Record<string, JsonValue | undefined> = {
    temperature: conversation.temperature,
    topP: conversation.topP,
    topK: conversation.topK,
    maxOutputTokens: conversation.maxOutputTokens,
    stopSequences: stopSequences(conversation, losses),
    seed: conversation.seed,
    presencePenalty: conversation.presencePenalty,
    frequencyPenalty: conversation.frequencyPenalty,
    ...responseFormat(conversation, losses),
    ...logprobs(conversation, losses),
    thinkingConfig: thinkingConfig(conversation.reasoning, model, losses) ?? undefined,
  };
  const said = Object.entries(config).filter(([, value]) => value !== undefined);
  return said.length === 0 ? null : (Object.fromEntries(said) as JsonObject);
}

function stopSequences({ stop }: Conversation, losses: Losses): string[] | undefined {
  if (stop === undefined) return undefined;
  if (stop.length > MAX_STOP_SEQUENCES) {
    losses.unsupported(losses.nameOf('stop'), `it takes no more than ${MAX_STOP_SEQUENCES}`);
  }
  return stop.slice(0, MAX_STOP_SEQUENCES);
}

function responseFormat({ responseFormat: format }: Conversation, losses: Losses): JsonObject {
  if (format === undefined) return {};
  if (format.type === 'json_object') return { responseMimeType: 'application/json' };
  const { schema, ignored } = geminiSchema(format.schema);
  for (const keyword of ignored) losses.omitted(`${losses.nameOf('responseFormat')}.${keyword}`);
  return { responseMimeType: 'application/json', responseJsonSchema: schema };
}

/** Streams between the dialects carry no probabilities. */
function logprobs({ topLogprobs, stream }: Conversation, losses: Losses): JsonObject {
  if (topLogprobs === undefined) return {};
  if (stream) {
    losses.unsupported(losses.nameOf('topLogprobs'), 'they cannot be told in a stream');
    return {};
  }
  return { responseLogprobs: true, ...(topLogprobs > 0 ? { logprobs: topLogprobs } : {}) };
}
