import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ReplyFacts } from '../domain/reply-facts.ts';
import { objectAt, objectsIn } from '../json.ts';

/** What a whole answer of a dialect says of itself. */
export function replyFacts(dialect: Dialect, json: JsonObject): ReplyFacts {
  const { id, model } = json;
  return { id: said(id), model: said(model), finishReasons: reasonsOf(dialect, json).filter(isSaid) };
}

function reasonsOf(dialect: Dialect, json: JsonObject): (JsonValue | undefined)[] {
  switch (dialect) {
    case 'anthropic-messages':
      return [json.stop_reason];
    case 'openai-responses':
      return [responseEnd(json)];
    default:
      return objectsIn(json.choices).map(({ finish_reason: reason }) => reason);
  }
}

/** A response has a status, and a reason where that is not `completed`. */
export function responseEnd(response: JsonObject): string | null {
  return said(objectAt(response, 'incomplete_details').reason) ?? said(response.status);
}

/** The text, if there is one. */
export function said(value: JsonValue | undefined): string | null {
  return isSaid(value) ? value : null;
}

function isSaid(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
