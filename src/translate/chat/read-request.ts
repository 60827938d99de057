import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject, objectAt } from '../../json.ts';
import type { Conversation } from '../hub/conversation.ts';
import { given, noteUnknown, type Others, optionalFlag, requiredText } from './fields.ts';
import { readMessages } from './read-messages.ts';
import { readSettings } from './read-settings.ts';
import { readToolChoice, readTools } from './read-tools.ts';

/**
 * A body of `POST /v1/chat/completions` (https://platform.openai.com/docs/api-reference/chat/create).
 * @throws GatewayError `invalid_request` with the path of the field.
 */
export function readRequest(body: JsonObject): Conversation {
  const others: Others = {};
  const said = Object.entries(body).filter(([key, value]) => !changesNothing(key, value));
  noteUnknown(Object.fromEntries(said), KNOWN, '', others);
  return {
    model: requiredText(body, 'model', ''),
    stream: optionalFlag(body, 'stream') ?? false,
    messages: readMessages(body, others),
    tools: readTools(body, others),
    ...given('toolChoice', readToolChoice(body.tool_choice)),
    ...readSettings(body),
    others,
  };
}

/** True when the client asks for its usage at the end of a stream. */
export function asksForUsage(request: JsonObject): boolean {
  return objectAt(request, 'stream_options').include_usage === true;
}

/** Fields of Chat alone at the value that they have unasked. */
function changesNothing(key: string, value: JsonValue | undefined): boolean {
  switch (key) {
    case 'modalities':
      return Array.isArray(value) && value.every((one) => one === 'text');
    case 'store':
      return value === false;
    case 'prompt_cache_options':
      return (asObject(value)?.mode ?? 'implicit') === 'implicit';
    default:
      return false;
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'web_search_options',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'thinking',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'n',
  'verbosity',
  'service_tier',
  'safety_identifier',
  'user',
  'prompt_cache_key',
  'metadata',
  'cache_control',
]);
