import type { KeyStore } from '../../src/ports/key-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { clock } from './deps.ts';
import type { RedisClient } from './redis/client.ts';
import { createRedisKeyStore } from './redis/key-store.ts';
import { createRedisSecrets } from './redis/secrets.ts';

/** Managed keys and credentials. */
export interface SharedKeys {
  readonly keys: KeyStore;
  readonly secrets: Secrets;
}

/**
 * In a Redis they outlive the process, and all gateways see them.
 * @param host what holds them for the processes of this host, where no Redis does
 */
export function createSharedKeys(client: RedisClient | null, host: SharedKeys, logger: Logger): SharedKeys {
  if (client === null) return host;
  const options = { client, clock, logger };
  return { keys: createRedisKeyStore(options), secrets: createRedisSecrets(options) };
}
