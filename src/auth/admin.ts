import type { Incoming } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Sha256 } from '../ports/hash.ts';
import { credentialOf } from './credentials.ts';
import { equalInConstantTime } from './equal.ts';
import type { Guesses } from './guesses.ts';

/**
 * @throws GatewayError `not_found` where there is no admin key, `missing_api_key`, `invalid_api_key`, `rate_limited` while
 * somebody is guessing it.
 */
export type RequireAdmin = (incoming: Incoming) => Promise<void>;

export interface RequireAdminDeps {
  readonly adminKey: string | null;
  readonly sha256: Sha256;
  readonly guesses: Guesses;
}

/** Lets the holder of the admin key pass, who has no tenant. Keys are compared by hash. */
export function createRequireAdmin({ adminKey, sha256, guesses }: RequireAdminDeps): RequireAdmin {
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
    const hash = await sha256(credential);
    guesses.require(hash);
    expected ??= Promise.resolve(sha256(adminKey));
    if (!equalInConstantTime(hash, await expected)) {
      guesses.wrong(hash);
      throw new GatewayError('invalid_api_key', 'This is not the admin key.');
    }
    guesses.right(hash);
  };
}
