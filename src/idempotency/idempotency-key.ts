import type { HeaderReader } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** Printable ASCII, as long as anybody's ids are (draft-ietf-httpapi-idempotency-key-header names no bound). */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a call; null: it has none. @throws GatewayError `invalid_request` */
export function idempotencyKeyOf(headers: HeaderReader): string | null {
  const key = headers.get('idempotency-key')?.trim() ?? '';
  if (key === '') return null;
  if (KEY.test(key)) return key;
  throw new GatewayError(
    'invalid_request',
    'The Idempotency-Key header must be 1 to 255 visible ASCII characters without spaces.',
  );
}
