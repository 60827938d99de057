import type { Incoming } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Sha256 } from '../ports/hash.ts';
import { credentialOf } from './credentials.ts';

/** @throws GatewayError `not_found` where there is no admin key, `missing_api_key`, `invalid_api_key`. */
export type RequireAdmin = (incoming: Incoming) => Promise<void>;

/** Lets the holder of the admin key pass, who has no tenant. Keys are compared by hash. */
export function createRequireAdmin(adminKey: string | null, sha256: Sha256): RequireAdmin {
  let expected: Promise<string> | null = null;
  return async function requireAdmin(incoming) {
    if (adminKey === null) {
      throw new GatewayError(
        'not_found',
        'This gateway has no admin routes: its operator has to set ADMIN_API_KEY.',
      );
    }
    const credential = credentialOf(incoming);
    if (credential === null) {
      throw new GatewayError('missing_api_key', 'Send the admin key as "Authorization: Bearer KEY".');
    }
    expected ??= Promise.resolve(sha256(adminKey));
    if ((await sha256(credential)) !== (await expected)) {
      throw new GatewayError('invalid_api_key', 'This is not the admin key.');
    }
  };
}
