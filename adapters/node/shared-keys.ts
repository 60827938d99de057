import type { StartConfig } from '../../src/index.ts';
import type { KeyStore } from '../../src/ports/key-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { clock } from './deps.ts';
import { createRedisClient } from './redis/client.ts';
import { createRedisKeyStore } from './redis/key-store.ts';
import { createRedisSecrets } from './redis/secrets.ts';

/** Managed keys and credentials, where a Redis is configured: they outlive the process, and all gateways see them. */
export interface SharedKeys {
  readonly keys: KeyStore | null;
  readonly secrets: Secrets | null;
  close(): Promise<void>;
}

/** Beside limits and budgets, where they have a Redis of their own: a cache may evict what it has no room for. */
export function createSharedKeys({ redis }: StartConfig, logger: Logger): SharedKeys {
  const { url, ledgerUrl, clusterNodes, password } = redis;
  const where =
    ledgerUrl === null ? { url, clusterNodes, password } : { url: ledgerUrl, clusterNodes: [], password };
  const isConfigured = where.url !== null || where.clusterNodes.length > 0;
  if (!isConfigured) return { keys: null, secrets: null, close: async () => {} };
  const client = createRedisClient({ ...where, logger });
  const options = { client, clock, logger };
  return {
    keys: createRedisKeyStore(options),
    secrets: createRedisSecrets(options),
    close: async () => client.close(),
  };
}
