import * as z from 'zod';
import * as v from '../config/values.ts';
import type { CredentialState, Credentials } from '../credentials/credentials.ts';
import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { type AdminRoute, ok } from './admin-route.ts';
import { readBodyAs } from './read-order.ts';

const MAX_KEY = 16_384;

const order = z.strictObject({
  api_key: v.secret().refine((key) => key.length <= MAX_KEY, `must have at most ${MAX_KEY} characters`),
});

/** @param credentials null, with the reason: none can be stored. */
export function credentialRoutes(
  credentials: Credentials | { readonly missing: string },
  providers: readonly Provider[],
): readonly AdminRoute[] {
  const store = () => {
    if (!('missing' in credentials)) return credentials;
    throw new GatewayError('not_implemented', credentials.missing);
  };
  const view = (id: string, state: CredentialState | null) => {
    const configured = providers.find((provider) => provider.id === id);
    return { ...toView(id, state), configured: typeof configured?.apiKey === 'string' };
  };

  return [
    {
      method: 'GET',
      path: '/admin/credentials',
      async act() {
        const states = await store().states();
        return ok({ object: 'list', data: states.map((state) => view(state.provider, state)) });
      },
    },
    {
      method: 'POST',
      path: '/admin/credentials/reencrypt',
      act: async () => ok({ object: 'credentials.reencrypted', ...(await store().reseal()) }),
    },
    {
      method: 'GET',
      path: '/admin/credentials/:id',
      act: async (_, id) => ok(view(id, await store().state(requireProvider(providers, id)))),
    },
    {
      method: 'PUT',
      path: '/admin/credentials/:id',
      async act(incoming, id) {
        const provider = requireProvider(providers, id);
        const { api_key: key } = await readBodyAs(incoming, order);
        return ok(view(id, await store().put(provider, key)));
      },
    },
    {
      method: 'DELETE',
      path: '/admin/credentials/:id',
      // Also of a provider that is not configured any more.
      async act(_, id) {
        await store().remove(id);
        return ok(view(id, null));
      },
    },
  ];
}

/** The credential itself is never shown. */
function toView(provider: string, state: CredentialState | null): object {
  return {
    object: 'provider_credential',
    provider,
    stored: state !== null,
    readable: state !== null && state.sealedAt !== null,
    current_encryption_key: state?.isCurrent ?? false,
    stored_at: typeof state?.sealedAt === 'number' ? new Date(state.sealedAt).toISOString() : null,
  };
}

/** @throws GatewayError `not_found`, `invalid_request` */
function requireProvider(providers: readonly Provider[], id: string): string {
  const provider = providers.find((one) => one.id === id);
  if (provider === undefined) {
    const ids = providers.map((one) => one.id).join(', ') || 'none';
    const name = JSON.stringify(id.slice(0, 64));
    throw new GatewayError('not_found', `No provider ${name} is configured (configured: ${ids}).`);
  }
  if (provider.auth !== 'none') return provider.id;
  throw new GatewayError('invalid_request', `The provider "${id}" takes no key.`);
}
