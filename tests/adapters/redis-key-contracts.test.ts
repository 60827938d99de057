import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { createUpstashScriptRunner } from '../../adapters/edge/upstash/script-runner.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisClient, type RedisClient } from '../../adapters/node/redis/client.ts';
import { createRedisScriptRunner } from '../../adapters/node/redis/script-runner.ts';
import type { RunScript } from '../../adapters/script-runner.ts';
import { createScriptedKeyStore } from '../../adapters/scripted-key-store.ts';
import { createScriptedSecrets } from '../../adapters/scripted-secrets.ts';
import type { KeyStore } from '../../src/ports/key-store.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { keyStoreContract } from '../contract/key-store.ts';
import { type StoreProbeTask, withPrefix } from '../contract/scripted-store-probe.ts';
import { secretsContract } from '../contract/secrets.ts';
import { type ProbeWorker, startProbeWorker } from '../support/probe-worker.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { startUpstashServer, type UpstashServer } from '../support/upstash-server.ts';
import { until } from '../support/wait.ts';

const options = {
  clock: createSystemClock(),
  logger: createMemoryLogger(),
  /** The suites are about what comes back; a machine that is busy must not make them about time. */
  deadlineMs: 10_000,
};

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not started');
  return value;
}

/** Both suites; every test has keys of its own, which is what an empty store is to a test. */
function contracts(name: string, run: () => RunScript): void {
  const fresh = () => withPrefix(run(), `${randomUUID()}:`);
  keyStoreContract(name, async () => ({ store: createScriptedKeyStore(fresh()) }));
  secretsContract(name, async () => ({ store: createScriptedSecrets(fresh()) }));
}

for (const nodes of [1, 3]) {
  const name = nodes === 1 ? 'one Redis' : `a Redis Cluster of ${nodes}`;
  describeWithRedis(name, () => {
    const box: { servers?: RedisCluster; client?: RedisClient } = {};
    beforeAll(async () => {
      const servers = await startRedisCluster({ nodes });
      box.servers = servers;
      const addresses = servers.nodes.map(({ host, port }) => `${host}:${port}`);
      const where =
        nodes === 1
          ? { clusterNodes: [], url: `redis://${addresses[0]}` }
          : { clusterNodes: addresses, url: null };
      const client = createRedisClient({ ...where, password: null, logger: options.logger });
      box.client = client;
      await until('the client is connected', () => client.isUp());
    });
    afterAll(async () => {
      box.client?.close();
      await box.servers?.stop();
    });
    contracts(
      name,
      () => createRedisScriptRunner({ ...options, client: started(box.client) }, 'Redis').script,
    );
  });
}

describeWithRedis("Upstash's REST API", () => {
  const box: { redis?: RedisCluster; server?: UpstashServer; worker?: ProbeWorker } = {};
  beforeAll(async () => {
    box.redis = await startRedisCluster({ nodes: 1 });
    box.server = await startUpstashServer(started(box.redis.nodes[0]));
    box.worker = await startProbeWorker('contract/scripted-store-probe.ts');
  });
  afterAll(async () => {
    await box.worker?.stop();
    await box.server?.close();
    await box.redis?.stop();
  });
  const settings = () => {
    const { url, token } = started(box.server);
    return { url, token, deadlineMs: options.deadlineMs };
  };

  contracts(
    "Upstash, on Node's fetch",
    () => createUpstashScriptRunner({ ...options, ...settings() }, 'Upstash').script,
  );

  /** The drivers in workerd, called from here. */
  const inWorkerd = (store: StoreProbeTask['store']) => {
    const prefix = `${randomUUID()}:`;
    return (method: string, ...args: unknown[]) =>
      started(box.worker).resultOf({ ...settings(), prefix, store, method, args } satisfies StoreProbeTask);
  };

  keyStoreContract('Upstash, in workerd', async () => {
    const ask = inWorkerd('keys');
    const store: KeyStore = {
      find: (hash) => ask('find', hash) as ReturnType<KeyStore['find']>,
      get: (id) => ask('get', id) as ReturnType<KeyStore['get']>,
      put: (record) => ask('put', record) as ReturnType<KeyStore['put']>,
      delete: async (id) => void (await ask('delete', id)),
      list: (query) => ask('list', query) as ReturnType<KeyStore['list']>,
    };
    return { store };
  });
  secretsContract('Upstash, in workerd', async () => {
    const ask = inWorkerd('secrets');
    const store: Secrets = {
      get: (name) => ask('get', name) as ReturnType<Secrets['get']>,
      put: async (name, value) => void (await ask('put', name, value)),
      replace: (...args) => ask('replace', ...args) as ReturnType<Secrets['replace']>,
      delete: async (name) => void (await ask('delete', name)),
      names: () => ask('names') as ReturnType<Secrets['names']>,
    };
    return { store };
  });
});
