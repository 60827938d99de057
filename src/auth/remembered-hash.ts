import type { Sha256 } from '../ports/hash.ts';

const MAX_CREDENTIALS = 1_000;

/**
 * The hashes of the credentials that came last. What a hash stands for is still looked up each time, so that a key that was
 * revoked is refused; and who guesses learns nothing from the time, since a credential that is remembered need not be valid.
 */
export function rememberedHash(sha256: Sha256, maxCredentials = MAX_CREDENTIALS): Sha256 {
  /** In the order in which they came. */
  const hashes = new Map<string, string>();

  function remember(credential: string, hash: string): string {
    hashes.set(credential, hash);
    const [oldest] = hashes.keys();
    if (hashes.size > maxCredentials && oldest !== undefined) hashes.delete(oldest);
    return hash;
  }

  return function hashOf(credential) {
    const known = hashes.get(credential);
    if (known !== undefined) return known;
    const hash = sha256(credential);
    return typeof hash === 'string'
      ? remember(credential, hash)
      : hash.then((made) => remember(credential, made));
  };
}
