import type { AuthMode } from '../config/config.ts';
import type { Incoming } from '../domain/call.ts';
import { NO_LIMITS } from '../domain/limits.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import type { KeyRecord } from '../ports/key-store.ts';
import { credentialOf } from './credentials.ts';
import type { FindKey } from './find-key.ts';

export interface AuthenticateDeps {
  readonly mode: AuthMode;
  readonly findKey: FindKey;
  readonly sha256: Sha256;
  readonly clock: Clock;
}

export type Authenticate = (incoming: Incoming) => Promise<Principal>;

/**
 * Credential -> Principal. Keys are found by hash, so no comparison of secrets takes place whose time could be measured.
 * @throws GatewayError `missing_api_key`, `invalid_api_key`.
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

async function fromKey(deps: AuthenticateDeps, credential: string): Promise<Principal> {
  const record = await deps.findKey(await deps.sha256(credential));
  if (record === null) throw new GatewayError('invalid_api_key', 'The API key is not known to this gateway.');
  if (record.expiresAt !== null && record.expiresAt <= deps.clock.now()) {
    throw new GatewayError(
      'invalid_api_key',
      'The API key has expired: ask the operator of this gateway for a new one.',
    );
  }
  return principalOf(record);
}

function principalOf(record: KeyRecord): Principal {
  const { tenant, name, id, models, limits, budgets, tags, cache } = record;
  const own = { models, limits, budgets, tags, cache };
  return { tenant, keyName: name, keyId: id, ...own, credential: null } as Principal;
}

/** The client brings its provider's key; the tenant is a hash of it, so the same key is the same tenant. */
async function fromClientCredential(sha256: Sha256, credential: string): Promise<Principal> {
  const id = `pt-${(await sha256(credential)).slice(0, 32)}`;
  return { tenant: id, keyName: id, keyId: id, ...NOTHING_OF_ITS_OWN, credential } as Principal;
}

/** What only a key says. */
const NOTHING_OF_ITS_OWN: Pick<Principal, 'models' | 'limits' | 'budgets' | 'tags' | 'cache'> = {
  models: null,
  limits: NO_LIMITS,
  budgets: [],
  tags: [],
  cache: null,
};

const ANONYMOUS = {
  tenant: 'anonymous',
  keyName: 'anonymous',
  keyId: 'anonymous',
  ...NOTHING_OF_ITS_OWN,
  credential: null,
} as Principal;
