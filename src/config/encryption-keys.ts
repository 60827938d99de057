import type { EncryptionKey } from './config.ts';
import type { Findings } from './faults.ts';

/** What `openssl rand -base64 32` gives is 44 characters; 32 of a passphrase are the least that nobody tries out. */
const SHORTEST = 32;
const LABELLED = /^([A-Za-z0-9_.-]{1,32}):(.*)$/;

/** `KEY`, or a list of `KEY` and `label:KEY`. */
export function readEncryptionKeys(list: string | null, { faults }: Findings): EncryptionKey[] {
  if (list === null) return [];
  const keys = list.split(',').map((entry): EncryptionKey => {
    const [, label = null, secret = entry] = LABELLED.exec(entry) ?? [];
    return { label, secret };
  });
  if (keys.some(({ secret }) => secret.length < SHORTEST)) {
    faults.push({
      path: 'ENCRYPTION_KEY',
      message: `must hold keys of at least ${SHORTEST} characters each, as openssl rand -base64 32 makes them`,
    });
  } else if (new Set(keys.map(({ secret }) => secret)).size < keys.length) {
    faults.push({ path: 'ENCRYPTION_KEY', message: 'holds the same key twice' });
  }
  return keys;
}
