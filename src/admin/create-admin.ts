import type { KnownKeys } from '../auth/known-keys.ts';
import type { Config } from '../config/config.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { StoreFault } from '../ports/store-fault.ts';
import type { AdminRoute } from './admin-route.ts';
import { credentialRoutes } from './credential-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { createKeys } from './keys.ts';

export interface AdminDeps extends Pick<GatewayDeps, 'keys' | 'clock' | 'sha256' | 'secrets'> {
  /** Null: there is no store of keys. */
  readonly knownKeys: KnownKeys | null;
  /** Null: none can be stored. */
  readonly credentials: Credentials | null;
}

/** The routes by which an operator makes keys and sets credentials. */
export function createAdminRoutes(deps: AdminDeps, config: Config): readonly AdminRoute[] {
  const { keys: store, knownKeys: known, clock } = deps;
  const keys = store === null || known === null ? null : createKeys({ ...deps, store, known });
  const credentials = deps.credentials ?? { missing: whyNone(deps, config) };
  const routes = [...keyRoutes(keys, clock), ...credentialRoutes(credentials, config.providers)];
  return routes.map((route) => ({ ...route, act: orUnavailable(route.act) }));
}

/** A store that does not answer is no defect: the operator is to try again. */
function orUnavailable(act: AdminRoute['act']): AdminRoute['act'] {
  return async (incoming, id) => {
    try {
      return await act(incoming, id);
    } catch (cause) {
      if (!(cause instanceof StoreFault)) throw cause;
      const message = 'The store does not answer: the order may have been carried out or not.';
      throw new GatewayError('store_unavailable', message, { cause });
    }
  };
}

function whyNone({ secrets }: AdminDeps, { auth }: Config): string {
  if (auth.mode === 'passthrough')
    return 'With AUTH_MODE=passthrough clients bring their own provider keys: none can be stored.';
  return secrets === null
    ? 'Credentials cannot be stored here: set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN.'
    : 'Credentials cannot be stored without ENCRYPTION_KEY: set it to what openssl rand -base64 32 prints.';
}
