import type { JsonObject } from '../domain/call.ts';
import type { Principal } from '../domain/principal.ts';
import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import type { OwnerStore } from '../ports/owner-store.ts';
import { storedIdsIn, storedIdsInPath, storedIdsInText } from './stored-ids.ts';

const decoder = new TextDecoder();

/** OpenAI keeps a stored response for 30 days. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

export interface Owners {
  /** Remembers that this principal's call to `provider` made the object. */
  bind(principal: Principal, provider: Provider, objectId: string): Promise<void>;
  /**
   * The provider that made the object for this principal.
   * @throws GatewayError `not_found`, also for what belongs to somebody else.
   */
  find(principal: Principal, objectId: string): Promise<Provider>;
  /** The provider that keeps what a call goes on from; null: it goes on from nothing, or it is not known who. */
  keeperOf(principal: Principal, body: JsonObject): Promise<string | null>;
  /** @throws GatewayError `not_found` when a body names a stored object that is not the principal's. */
  requireInBody(principal: Principal, body: JsonObject): Promise<void>;
  /** The same for a body that nobody has read. */
  requireInBytes(principal: Principal, bytes: Uint8Array): Promise<void>;
  /**
   * @throws GatewayError `not_found` when a path names a stored object that is not the principal's,
   * `permission_denied` for a path that would list everybody's.
   */
  requireInPath(principal: Principal, method: string, path: string): Promise<void>;
}

export interface OwnersDeps {
  readonly store: OwnerStore;
  /** Those that keep responses, in order of configuration. */
  readonly providers: readonly Provider[];
  /**
   * Several tenants use the same account of a provider, so an id that is not known to be one's own may be
   * another's. Otherwise an unknown id (made before a restart, or elsewhere) is simply asked for.
   */
  readonly sharedAccount: boolean;
}

/** Binds what a provider stores to the tenant and the provider that made it. */
export function createOwners({ store, providers, sharedAccount }: OwnersDeps): Owners {
  const find = async (principal: Principal, objectId: string): Promise<Provider> => {
    const owner = await store.find(principal.tenant, objectId);
    const provider = owner === null ? providers[0] : providers.find(({ id }) => id === owner.provider);
    if (provider === undefined || (owner === null && sharedAccount)) throw notFound(objectId);
    return provider;
  };

  const requireAll = async (principal: Principal, ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      if ((await store.find(principal.tenant, id)) === null) throw notFound(id);
    }
  };

  return {
    find,
    bind: (principal, provider, objectId) =>
      store.bind(principal.tenant, objectId, { provider: provider.id }, KEPT_MS),
    async keeperOf({ tenant }, { previous_response_id: previous }) {
      if (typeof previous !== 'string') return null;
      // Without the store it is not known, and whoever is asked will say so.
      const owner = await store.find(tenant, previous).catch(() => null);
      return owner?.provider ?? null;
    },
    async requireInBody(principal, body) {
      if (sharedAccount) await requireAll(principal, storedIdsIn(body));
    },
    async requireInBytes(principal, bytes) {
      if (!sharedAccount) return;
      const text = decoder.decode(bytes);
      const body = parseObject(text);
      await requireAll(principal, body === null ? storedIdsInText(text) : storedIdsIn(body));
    },
    async requireInPath(principal, method, path) {
      if (!sharedAccount) return;
      const ids = storedIdsInPath(path);
      await requireAll(principal, ids);
      if (ids.length === 0 && method !== 'POST' && !/\/models(?:\/|$)/.test(path)) throw listsEverybodys();
    },
  };
}

function notFound(objectId: string): GatewayError {
  return new GatewayError(
    'not_found',
    `No object with the id ${JSON.stringify(objectId.slice(0, 100))} was made with this key.`,
  );
}

function listsEverybodys(): GatewayError {
  return new GatewayError(
    'permission_denied',
    'This path would show what other tenants of the gateway have stored in the same provider account: ask for single objects by id.',
  );
}
