import { type CallIdentity, cacheKey } from '../cache/identity.ts';
import type { Call, Incoming } from '../domain/call.ts';
import type { Plan } from '../domain/plan.ts';
import type { Sha256 } from '../ports/hash.ts';

export interface Keyed {
  readonly tenant: string;
  readonly namespace: string | null;
  readonly call: Call;
  readonly plan: Plan;
  readonly incoming: Pick<Incoming, 'headers' | 'query'>;
}

/** What a call's answer is kept under; null: it nests too deep to have a key. */
export function keyOf(
  { tenant, namespace, call, plan, incoming }: Keyed,
  sha256: Sha256,
): Promise<string | null> {
  const { dialect, endpoint, body } = call;
  const names = { tenant, namespace, dialect, endpoint, ...answererOf(plan) };
  const { headers, query } = incoming;
  return cacheKey({ ...names, query, headers, body: body.json }, sha256);
}

/** A route is one answerer, whichever of its targets answers. */
function answererOf(plan: Plan): Pick<CallIdentity, 'provider' | 'model'> {
  if (plan.route.configured) return { provider: 'route', model: plan.route.name };
  const { provider, model } = plan.targets[0];
  // Pointed elsewhere, a provider is another one.
  return { provider: `${provider.id} ${provider.baseUrl}`, model };
}
