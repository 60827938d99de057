import type { AuthMode } from '../config/config.ts';
import type { Incoming } from '../domain/call.ts';
import { FULL_GRANT, grantOf } from '../domain/grant.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { KeyRecord } from '../ports/key-store.ts';
import { credentialOf } from './credentials.ts';
import type { FindKey } from './find-key.ts';
import type { Guesses } from './guesses.ts';

export interface AuthenticateDeps {
  readonly mode: AuthMode;
  readonly findKey: FindKey;
  readonly guesses: Guesses;
  readonly sha256: Sha256;
  readonly clock: Clock;
}

export type Authenticate = (incoming: Incoming) => Promise<Principal>;

/**
 * Credential -> Principal. Keys are found by hash, so no comparison of secrets takes place whose time could be measured.
 * @throws GatewayError `missing_api_key`, `invalid_api_key`, `rate_limited` while somebody is guessing keys,
 * `store_unavailable`.
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  switch (deps.mode) {
    case 'keys':
      return async (incoming) => fromKey(deps, requireCredential(incoming));
    case 'passthrough':
      return async (incoming) => fromClientCredential(deps.sha256, requireCredential(incoming));
    case 'open':
      return async () => ANONYMOUS;
  }
}

function requireCredential(incoming: Incoming): string {
  const credential = credentialOf(incoming);
  if (credential !== null) return credential;
  throw new GatewayError(
    'missing_api_key',
    'No API key was sent: set the "Authorization: Bearer KEY" or "x-api-key: KEY" header.',
  );
}

async function fromKey(
  { sha256, findKey, guesses, clock }: AuthenticateDeps,
  credential: string,
): Promise<Principal> {
  const hash = await sha256(credential);
  guesses.require(hash);
  const record = await findKey(hash);
  if (record === null) {
    guesses.wrong(hash);
    throw new GatewayError('invalid_api_key', 'The API key is not known to this gateway.');
  }
  guesses.right(hash);
  requireValid(record, hash, clock.now());
  return principalOf(record);
}

/** @throws GatewayError `invalid_api_key` that says what became of the key, which only its holder learns. */
function requireValid({ revokedAt, expiresAt, former }: KeyRecord, hash: string, now: number): void {
  const end = former.find((old) => old.hash === hash)?.until ?? null;
  const fault =
    revokedAt !== null
      ? 'was revoked'
      : expiresAt !== null && expiresAt <= now
        ? 'has expired'
        : end !== null && end <= now
          ? 'was replaced by another one'
          : null;
  if (fault === null) return;
  throw new GatewayError(
    'invalid_api_key',
    `The API key ${fault}: ask the operator of this gateway for a new one.`,
  );
}

/** One for each record, so that what is worked out for a principal serves all calls with its key until the key changes. */
const principals = new WeakMap<KeyRecord, Principal>();

function principalOf(record: KeyRecord): Principal {
  const known = principals.get(record);
  if (known !== undefined) return known;
  const { tenant, name, id } = record;
  const made = { ...grantOf(record), tenant, keyName: name, keyId: id, credential: null } as Principal;
  principals.set(record, made);
  return made;
}

/** The client brings its provider's key; the tenant is a hash of it, so the same key is the same tenant. */
async function fromClientCredential(sha256: Sha256, credential: string): Promise<Principal> {
  const id = `pt-${(await sha256(credential)).slice(0, 32)}`;
  return { ...FULL_GRANT, tenant: id, keyName: id, keyId: id, credential } as Principal;
}

const ANONYMOUS = {
  ...FULL_GRANT,
  tenant: 'anonymous',
  keyName: 'anonymous',
  keyId: 'anonymous',
  credential: null,
} as Principal;
