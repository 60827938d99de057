import type { HeaderReader, Incoming } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** Longer than any real key; keeps a flood of huge headers from being hashed. */
const MAX_KEY_LENGTH = 512;

/**
 * The key of a request from `Authorization: Bearer K` or `x-api-key: K`, on every dialect; null when there is none.
 * @throws GatewayError `invalid_api_key` when the two disagree, or when one cannot be a key.
 */
export function credentialOf(incoming: Incoming): string | null {
  if (incoming.query !== '' && KEY_IN_QUERY.test(incoming.query)) {
    throw new GatewayError(
      'invalid_api_key',
      'A key in the query string ends up in access logs: send it as "Authorization: Bearer KEY" instead.',
    );
  }
  const bearer = bearerOf(incoming.headers);
  const apiKey = incoming.headers.get('x-api-key')?.trim() || null;
  if (bearer !== null && apiKey !== null && bearer !== apiKey) {
    throw new GatewayError(
      'invalid_api_key',
      'Authorization and x-api-key carry different keys: send one of them.',
    );
  }
  const key = bearer ?? apiKey;
  if (key !== null && key.length > MAX_KEY_LENGTH)
    throw new GatewayError('invalid_api_key', 'The API key is not valid.');
  return key;
}

const KEY_IN_QUERY = /[?&](?:api[-_]?key|key|access_token)=/i;

function bearerOf(headers: HeaderReader): string | null {
  const value = headers.get('authorization');
  if (value === null || value.trim() === '') return null;
  const match = /^bearer +(\S+)$/i.exec(value.trim());
  if (match?.[1] === undefined) {
    throw new GatewayError('invalid_api_key', 'The Authorization header must read "Bearer KEY".');
  }
  return match[1];
}
