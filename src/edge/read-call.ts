import type * as z from 'zod';
import type { Call, CallBody, Incoming, JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect, Endpoint } from '../domain/dialect.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { REQUEST_SHAPES } from '../protocols/shapes.ts';

/** The dialect of each endpoint that takes a body the gateway reads. */
export const ENDPOINT_DIALECT = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
  count_tokens: 'anthropic-messages',
  embeddings: 'openai-embeddings',
  completions: 'openai-completions',
} as const satisfies Partial<Record<Endpoint, Dialect>>;

export type DialectEndpoint = keyof typeof ENDPOINT_DIALECT;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads and checks the body, once for all stages.
 * @param known the call that was read from the same text before; null: none is known
 * @throws GatewayError `invalid_json`, `invalid_request` with the field, `body_too_large`, `unsupported_media_type`.
 */
export async function readCall(
  incoming: Incoming,
  endpoint: DialectEndpoint,
  known: (text: string) => Call | null = () => null,
): Promise<Call> {
  refuseForms(incoming);
  const bytes = await incoming.readBody();
  const text = textOf(bytes);
  return known(text) ?? checked({ bytes, text, json: parseObject(text) }, endpoint);
}

function checked(body: CallBody, endpoint: DialectEndpoint): Call {
  const dialect = ENDPOINT_DIALECT[endpoint];
  const checked = REQUEST_SHAPES[dialect].safeParse(body.json);
  if (!checked.success) throw invalidShape(checked.error);
  const { model, stream } = body.json;
  return { endpoint, dialect, model: String(model), stream: stream === true, body };
}

/** `fetch` calls a string `text/plain` unless it is told better, so only what cannot be JSON is refused. */
function refuseForms(incoming: Incoming): void {
  const type = incoming.headers.get('content-type') ?? '';
  if (!/^\s*(?:multipart\/|application\/x-www-form-urlencoded)/i.test(type)) return;
  throw new GatewayError(
    'unsupported_media_type',
    'The body must be JSON: send "content-type: application/json".',
  );
}

/** @throws GatewayError `invalid_json`, `invalid_request` when it is no object. */
export function readJsonObject(bytes: Uint8Array): JsonObject {
  return parseObject(textOf(bytes));
}

function parseObject(text: string): JsonObject {
  const json = parseJson(text);
  if (isObject(json)) return json;
  throw new GatewayError('invalid_request', `The body must be a JSON object, not ${nameOf(json)}.`);
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new GatewayError('invalid_json', 'The body is empty: send a JSON object.');
  try {
    return decoder.decode(bytes);
  } catch {
    throw new GatewayError('invalid_json', 'The body is not valid UTF-8.');
  }
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    // The engine's message quotes the body, so only the place is taken from it.
    const position = /position (\d+)/.exec(String(cause))?.[1];
    const where = position === undefined ? '' : ` (at position ${position})`;
    throw new GatewayError('invalid_json', `The body is not valid JSON${where}.`);
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function invalidShape(error: z.ZodError): GatewayError {
  const issue = error.issues[0];
  const param = issue === undefined ? '' : pathOf(issue.path);
  if (issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return new GatewayError('invalid_request', `The field "${param}" is missing.`, { param });
  }
  return new GatewayError(
    'invalid_request',
    `The field "${param}" is not valid: ${issue?.message ?? 'wrong type'}.`,
    { param },
  );
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}
