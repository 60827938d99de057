import type { Call, JsonObject, JsonValue } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { asObject } from '../json.ts';
import type { Sha256 } from '../ports/hash.ts';
import { questionOf } from '../semantic/eligible.ts';
import { type Facts, factsOf } from '../semantic/facts.ts';
import { type ConversationEndpoint, isConversation } from '../translate/dialects.ts';
import { readConversation } from '../translate/translation.ts';
import type { Asked } from './asked.ts';
import { keyOf } from './key-of.ts';

/** A call whose answer may be that of another one. */
export interface Question {
  readonly text: string;
  readonly facts: Facts;
  /**
   * A hash of everything that makes a cache key but the question's own words: only calls that are equal in all else are
   * compared.
   */
  readonly scope: string;
}

/** Instructions may be long; a body beyond it is not worth to be read for what it asks. */
const MAX_BODY_LENGTH = 256 << 10;

/**
 * @param mark stands in the scope for the question: what else vectors have to agree in to be compared
 * @returns null for a call that is to have an answer of its own
 */
export async function readQuestion(
  { principal, prepared, directives }: Asked,
  mark: JsonObject,
  sha256: Sha256,
): Promise<Question | null> {
  const { call, plan, life } = prepared;
  if (!isConversation(call.endpoint) || call.body.text.length > MAX_BODY_LENGTH) return null;
  const text = textOf(call, call.endpoint);
  const json = text === null ? null : withoutQuestion(call.endpoint, call.body.json, mark);
  if (text === null || json === null) return null;
  const { incoming } = life.record;
  const masked = { ...call, body: { ...call.body, json } };
  const { tenant } = principal;
  const scope = await keyOf(
    { tenant, namespace: directives.namespace, call: masked, plan, incoming },
    sha256,
  );
  return scope === null ? null : { text, facts: factsOf(text), scope };
}

function textOf(call: Call, endpoint: ConversationEndpoint): string | null {
  try {
    return questionOf(readConversation(call, endpoint));
  } catch (fault) {
    // The provider may make more of it.
    if (fault instanceof GatewayError) return null;
    throw fault;
  }
}

/** The body with a mark in place of every text of its one user message; null: it does not hold one such message. */
function withoutQuestion(
  endpoint: ConversationEndpoint,
  body: JsonObject,
  mark: JsonObject,
): JsonObject | null {
  if (endpoint === 'responses' && typeof body.input === 'string') return { ...body, input: mark };
  const field = endpoint === 'responses' ? 'input' : 'messages';
  const items = body[field];
  if (!Array.isArray(items) || items.filter(isUsers).length !== 1) return null;
  const masked = items.map((item) => (isUsers(item) ? withoutText(item, mark) : item));
  return masked.includes(null) ? null : { ...body, [field]: masked };
}

function isUsers(item: JsonValue): item is JsonObject {
  return asObject(item)?.role === 'user';
}

function withoutText(message: JsonObject, mark: JsonObject): JsonObject | null {
  const { content } = message;
  if (typeof content === 'string') return { ...message, content: mark };
  if (!Array.isArray(content)) return null;
  const parts = content.map((part) => {
    const object = asObject(part);
    return typeof object?.text === 'string' ? { ...object, text: mark } : null;
  });
  return parts.includes(null) ? null : { ...message, content: parts };
}
