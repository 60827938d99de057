import { type PurgeOrder, readPurge } from '../edge/read-purge.ts';
import { type AdminRoute, ok } from './admin-route.ts';

/** @param purge makes the cache forget; rejects when it could not be told. */
export function cacheRoutes(purge: (order: PurgeOrder) => Promise<void>): readonly AdminRoute[] {
  return [
    {
      method: 'DELETE',
      path: '/admin/cache',
      async act({ query }) {
        const order = readPurge(query);
        await purge(order);
        return ok({ object: 'cache.purge', ...order });
      },
    },
  ];
}
