import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import { type AdminRoute, ok } from './admin-route.ts';
import { change, creation, page, rotation } from './key-orders.ts';
import { keyView } from './key-view.ts';
import type { Keys, MadeKey } from './keys.ts';
import { readBodyAs, readQueryAs } from './read-order.ts';

/** @param keys null: there is no store that would keep one. */
export function keyRoutes(keys: Keys | null, clock: Clock): readonly AdminRoute[] {
  const view = (record: MadeKey['record']) => keyView(record, clock.now());
  /** With the key itself, which nobody can ask for again. */
  const made = ({ key, record }: MadeKey) => ({ ...view(record), key });
  const store = () => keys ?? noStore();

  return [
    {
      method: 'POST',
      path: '/admin/keys',
      act: async (incoming) => ({
        status: 201,
        body: made(await store().create(await readBodyAs(incoming, creation))),
      }),
    },
    {
      method: 'GET',
      path: '/admin/keys',
      async act(incoming) {
        const { tenant = null, after = null, limit } = readQueryAs(incoming, page);
        const { records, next } = await store().list({ tenant, after, limit });
        return ok({ object: 'list', data: records.map(view), next });
      },
    },
    { method: 'GET', path: '/admin/keys/:id', act: async (_, id) => ok(view(await store().get(id))) },
    {
      method: 'PATCH',
      path: '/admin/keys/:id',
      act: async (incoming, id) => ok(view(await store().update(id, await readBodyAs(incoming, change)))),
    },
    {
      method: 'DELETE',
      path: '/admin/keys/:id',
      async act(_, id) {
        await store().remove(id);
        return ok({ object: 'gateway_key.deleted', id });
      },
    },
    {
      method: 'POST',
      path: '/admin/keys/:id/rotate',
      async act(incoming, id) {
        const { grace_seconds: seconds } = await readBodyAs(incoming, rotation);
        return ok(made(await store().rotate(id, seconds * 1000)));
      },
    },
    {
      method: 'POST',
      path: '/admin/keys/:id/revoke',
      act: async (_, id) => ok(view(await store().revoke(id))),
    },
  ];
}

function noStore(): never {
  throw new GatewayError(
    'not_implemented',
    'Keys cannot be made here, since nothing would keep them: set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN.',
  );
}
