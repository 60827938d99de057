import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { asObject, objectAt, objectsIn, textOf } from '../json.ts';

/**
 * How an answer ended. `broken`: it failed, it goes on elsewhere, or it ended in a way that is not known; it is never
 * kept.
 */
export type Ending = 'whole' | 'truncated' | 'refused' | 'filtered' | 'broken';

/** Chat Completions and Completions. Others than these are errors of some provider's own, or news. */
const CHAT_REASONS: Readonly<Record<string, Ending>> = {
  stop: 'whole',
  tool_calls: 'whole',
  function_call: 'whole',
  length: 'truncated',
  content_filter: 'filtered',
};

/** https://docs.anthropic.com/en/api/handling-stop-reasons ; a `pause_turn` goes on in another call. */
const MESSAGES_REASONS: Readonly<Record<string, Ending>> = {
  end_turn: 'whole',
  tool_use: 'whole',
  stop_sequence: 'whole',
  max_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
  refusal: 'refused',
};

/** `incomplete_details.reason` of a response. */
const INCOMPLETE_REASONS: Readonly<Record<string, Ending>> = {
  max_output_tokens: 'truncated',
  content_filter: 'filtered',
};

/** How a whole JSON answer ended. */
export function replyEnding(dialect: Dialect, reply: JsonObject): Ending {
  if (reply.error) return 'broken';
  switch (dialect) {
    case 'openai-chat':
    case 'openai-completions':
      return worst(objectsIn(reply.choices).map(choiceEnding));
    case 'anthropic-messages':
      return messageEnding(reply.stop_reason);
    case 'openai-responses':
      return responseEnding(reply);
    case 'openai-embeddings':
      return embeddingsEnding(reply.data);
  }
}

/** A choice of Chat Completions or Completions, whole or the last chunk of one. */
export function choiceEnding(choice: JsonObject): Ending {
  const { finish_reason: reason, error } = choice;
  if (error) return 'broken';
  const ending = known(CHAT_REASONS, reason);
  return ending === 'whole' && textOf(objectAt(choice, 'message').refusal) !== '' ? 'refused' : ending;
}

export function messageEnding(stopReason: JsonValue | undefined): Ending {
  return known(MESSAGES_REASONS, stopReason);
}

/** A response, from a JSON answer or from the last event of a stream. */
export function responseEnding(response: JsonObject): Ending {
  if (response.error) return 'broken';
  if (response.status === 'incomplete') {
    return known(INCOMPLETE_REASONS, objectAt(response, 'incomplete_details').reason);
  }
  if (response.status !== 'completed') return 'broken';
  const parts = objectsIn(response.output).flatMap(({ content }) => objectsIn(content));
  return parts.some(({ type }) => type === 'refusal') ? 'refused' : 'whole';
}

const FROM_WORST: readonly Ending[] = ['broken', 'filtered', 'refused', 'truncated'];

/** The ending of an answer with several parts; none is no answer. */
export function worst(endings: readonly Ending[]): Ending {
  if (endings.length === 0) return 'broken';
  return FROM_WORST.find((ending) => endings.includes(ending)) ?? 'whole';
}

function known(reasons: Readonly<Record<string, Ending>>, reason: JsonValue | undefined): Ending {
  return typeof reason === 'string' && Object.hasOwn(reasons, reason)
    ? (reasons[reason] ?? 'broken')
    : 'broken';
}

function embeddingsEnding(data: JsonValue | undefined): Ending {
  if (!Array.isArray(data) || data.length === 0) return 'broken';
  const isWhole = data.every((item) => {
    const embedding = asObject(item)?.embedding;
    // Numbers, or base64 of them.
    return (Array.isArray(embedding) || typeof embedding === 'string') && embedding.length > 0;
  });
  return isWhole ? 'whole' : 'broken';
}
