import { cacheKey } from '../cache/identity.ts';
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

/** What a call's answer is kept under; null: it nests too deep to have a key. */
export function keyOf(
  { tenant, namespace, call, target, incoming }: Keyed,
  sha256: Sha256,
): Promise<string | null> {
  const { dialect, endpoint, body } = call;
  const { id, baseUrl } = target.provider;
  // Pointed elsewhere, a provider is another one.
  const provider = `${id} ${baseUrl}`;
  const names = { tenant, namespace, dialect, endpoint, provider, model: target.model };
  const { headers, query } = incoming;
  return cacheKey({ ...names, query, headers, body: body.json }, sha256);
}
