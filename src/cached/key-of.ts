import { type CallIdentity, cacheKey, surroundings } from '../cache/identity.ts';
import type { Call, Incoming } from '../domain/call.ts';
import type { Plan, RouteTarget } from '../domain/plan.ts';
import type { Sha256 } from '../ports/hash.ts';

export interface Keyed {
  readonly tenant: string;
  readonly namespace: string | null;
  readonly call: Call;
  readonly plan: Plan;
  readonly incoming: Pick<Incoming, 'headers' | 'query'>;
}

/**
 * What a call's answer is kept under; null: it nests too deep to have a key.
 * @param around what `aroundOf` says of it
 */
export function keyOf(keyed: Keyed, sha256: Sha256, around = aroundOf(keyed)): Promise<string | null> {
  const { dialect, body } = keyed.call;
  return cacheKey({ dialect, body: body.json }, around, sha256);
}

/** All that makes a call the one it is, but for its body. */
export function aroundOf({ tenant, namespace, call, plan, incoming }: Keyed): string {
  const { dialect, endpoint } = call;
  const { headers, query } = incoming;
  return surroundings({ tenant, namespace, dialect, endpoint, ...answererOf(plan), query, headers });
}

/** A route is one answerer, whichever of its targets answers; with other targets it is another one. */
function answererOf(plan: Plan): Pick<CallIdentity, 'provider' | 'model'> {
  const { name, configured, targets } = plan.route;
  if (configured) return { provider: 'route', model: JSON.stringify([name, ...targets.map(asOne)]) };
  const { provider, model } = plan.targets[0];
  // Pointed elsewhere, a provider is another one.
  return { provider: `${provider.id} ${provider.baseUrl}`, model };
}

function asOne({ id, provider, overrides }: RouteTarget): readonly unknown[] {
  return [id, provider.baseUrl, overrides];
}
