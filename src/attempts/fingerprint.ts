/**
 * Tells keys apart without telling them: 32 bits (FNV-1a) of a secret that has far more. It stays the same when keys are
 * added or change places, as their index would not. Null: the provider has no key, or the client brought its own.
 */
export function fingerprint(key: string | null): string {
  if (key === null) return 'none';
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
