import { cacheKey, surroundings } from '../cache/identity.ts';
import type { Call, Incoming } from '../domain/call.ts';
import type { Target } from '../domain/provider.ts';
import type { Sha256 } from '../ports/hash.ts';

export interface Keyed {
  readonly tenant: string;
  readonly namespace: string | null;
  readonly call: Call;
  readonly target: Target;
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
export function aroundOf({ tenant, namespace, call, target, incoming }: Keyed): string {
  const { dialect, endpoint } = call;
  const { id, baseUrl } = target.provider;
  const { headers, query } = incoming;
  // Pointed elsewhere, a provider is another one.
  const provider = `${id} ${baseUrl}`;
  return surroundings({
    tenant,
    namespace,
    dialect,
    endpoint,
    provider,
    model: target.model,
    query,
    headers,
  });
}
