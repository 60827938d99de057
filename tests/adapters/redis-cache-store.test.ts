import { randomBytes, randomUUID } from 'node:crypto';
import { Command, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createRedisCacheStore } from '../../adapters/node/redis/cache-store.ts';
import {
  createRedisClient,
  type RedisClient,
  type RedisClientOptions,
} from '../../adapters/node/redis/client.ts';
import { Bed } from '../contract/fetch/bed.ts';
import { unusedPort } from '../support/ports.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
const clock = createSystemClock();
const ONE = Uint8Array.of(1);

describeWithRedis('the cache in a Redis Cluster', () => {
  let cluster: RedisCluster;
  /** Connections to single nodes, that follow no redirection. */
  const nodes: Redis[] = [];
  const clients: RedisClient[] = [];
  const bed = new Bed(() => Promise.reject(new Error('nothing is fetched here')));

  beforeAll(async () => {
    cluster = await startRedisCluster();
    nodes.push(...cluster.nodes.map(({ host, port }) => new Redis({ host, port })));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(nodes.map((node) => node.flushall()));
  });
  afterAll(async () => {
    for (const node of nodes) node.disconnect();
    await bed.close();
    await cluster.stop();
  });

  const addresses = () => cluster.nodes.map(({ host, port }) => `${host}:${port}`);

  function open(options: Partial<RedisClientOptions>) {
    const logger = createMemoryLogger();
    const client = createRedisClient({ clusterNodes: [], url: null, password: null, logger, ...options });
    clients.push(client);
    const store = createRedisCacheStore({ client, clock, logger, deadlineMs: 5_000 });
    return { logger, client, store };
  }

  async function connected() {
    const opened = open({ clusterNodes: addresses() });
    await until('every node is connected', () => opened.client.isUp());
    return opened;
  }

  const faultOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no fault',
      (error: Error & { kind?: string }) => `${error.kind} ${error.message} ${error.cause ?? ''}`.trim(),
    );
  const keysOf = async (node: Redis | undefined) => (await node?.keys('*')) ?? [];
  const allKeys = async () => (await Promise.all(nodes.map(keysOf))).flat();
  const nodeOf = async (key: string) => {
    for (const node of nodes) if ((await keysOf(node)).includes(key)) return node;
    throw new Error(`no node has ${key}`);
  };

  it('writes what one turn of the event loop asks for in one piece to each node', async () => {
    const { store } = await connected();
    const names = Array.from({ length: 300 }, (_, i) => `k${i}`);
    await Promise.all(names.map((name) => store.set('t', name, new TextEncoder().encode(name), HOUR_MS)));
    const before = await readsOf(nodes);
    const values = await Promise.all(names.map((name) => store.get('t', name)));
    const reads = (await readsOf(nodes)) - before;
    expect(values.map((value) => new TextDecoder().decode(value ?? ONE))).toEqual(names);
    // Each read takes what came in one write, or more; nodes talk of slots and of reads beside it.
    expect(reads).toBeLessThan(100);
  });

  it('names entries and leases by tenant, and lets each end', async () => {
    const { store } = await connected();
    await store.set('team-a', 'c0ffee', ONE, HOUR_MS);
    await store.acquire('team-a', 'c0ffee', HOUR_MS);
    await store.set('{a}:b', 'x:y', ONE, HOUR_MS);
    const keys = await allKeys();
    expect(keys.sort()).toEqual([
      'le:c:%007ba%007d%003ab:v1:x%003ay',
      'le:c:team-a:v1:c0ffee',
      'le:c:team-a:v1:c0ffee:lease',
    ]);
    for (const key of keys) expect(await (await nodeOf(key)).pttl(key)).toBeGreaterThan(HOUR_MS - 60_000);
  });

  it("spreads one tenant's entries over all nodes", async () => {
    const { store } = await connected();
    await Promise.all(Array.from({ length: 60 }, (_, i) => store.set('{t}', `{k}${i}`, ONE, HOUR_MS)));
    for (const node of nodes) expect((await keysOf(node)).length).toBeGreaterThan(5);
  });

  it('compresses what is long', async () => {
    const { store } = await connected();
    const value = new TextEncoder().encode(
      'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n'.repeat(2_000),
    );
    await store.set('t', 'long', value, HOUR_MS);
    await store.set('t', 'random', randomBytes(5_000), HOUR_MS);
    const lengthOf = async (key: string) => (await nodeOf(key)).strlen(key);
    expect(await lengthOf('le:c:t:v1:long')).toBeLessThan(2_000);
    expect(await lengthOf('le:c:t:v1:random')).toBe(5_006);
    expect(await store.get('t', 'long')).toEqual(value);
  });

  it('takes for missing what is no entry, and overwrites it', async () => {
    const { store } = await connected();
    await store.set('t', 'k', ONE, HOUR_MS);
    const node = await nodeOf('le:c:t:v1:k');
    for (const poison of ['', 'x', '{"old":"format"}', '\u0001\u0001\u00ff\u00ff\u00ff\u00ffno gzip']) {
      await node.set('le:c:t:v1:k', Buffer.from(poison, 'latin1'));
      expect(await store.get('t', 'k')).toBeNull();
    }
    await store.set('t', 'k', ONE, HOUR_MS);
    expect(await store.get('t', 'k')).toEqual(ONE);
  });

  it('rejects with the code of what Redis says, and nothing of key or value', async () => {
    const { store } = await connected();
    await store.set('secret-tenant', 'secret-key', ONE, HOUR_MS);
    const [key = ''] = await allKeys();
    const node = await nodeOf(key);
    await node.del(key);
    await node.lpush(key, 'a list');
    expect(await faultOf(store.get('secret-tenant', 'secret-key'))).toBe('refused Redis: WRONGTYPE');

    await Promise.all(nodes.map((node) => node.config('SET', 'maxmemory', '1')));
    try {
      const prompt = new TextEncoder().encode('secret prompt');
      const fault = await faultOf(store.set('secret-tenant', 'other', prompt, HOUR_MS));
      expect(fault).toBe('refused Redis: OOM');
      // A node that refuses is no node that fails: reads go on.
      for (let i = 0; i < 10; i += 1) await faultOf(store.set('secret-tenant', 'other', prompt, HOUR_MS));
      expect(await store.get('secret-tenant', 'other')).toBeNull();
    } finally {
      await Promise.all(nodes.map((node) => node.config('SET', 'maxmemory', '0')));
    }
  });

  it('follows a slot that moves, and one that has moved', async () => {
    const { store, client } = await connected();
    await store.set('t', 'k', ONE, HOUR_MS);
    const key = 'le:c:t:v1:k';
    const slot = new Command('get', [key]).getSlot();
    const source = await nodeOf(key);
    const target = nodes.find((node) => node !== source) ?? source;
    const [from, to] = [await idOf(source), await idOf(target)];
    const assign = async (id: string) => {
      for (const node of [target, source, ...nodes]) await node.cluster('SETSLOT', slot, 'NODE', id);
    };
    try {
      await target.cluster('SETSLOT', slot, 'IMPORTING', from);
      await source.cluster('SETSLOT', slot, 'MIGRATING', to);
      const { host = '', port = 0 } = target.options;
      await source.migrate(host, port, key, 0, 5_000);
      expect(await store.get('t', 'k')).toEqual(ONE); // ASK
      await assign(to);
      expect(await store.get('t', 'k')).toEqual(ONE); // MOVED
      await until(
        'the breaker is that of the new owner',
        () => client.shardOf(new Command('get', [key])) === `${host}:${port}`,
      );
      await store.set('t', 'k', Uint8Array.of(2), HOUR_MS);
      expect(await keysOf(target)).toEqual([key]);
    } finally {
      await target.flushall();
      await assign(from);
    }
  });

  it('says once that it cannot connect, and why, and rejects at once meanwhile', async () => {
    const address = `127.0.0.1:${await unusedPort()}`;
    for (const options of [{ url: `redis://${address}` }, { clusterNodes: [address] }]) {
      const { logger, store, client } = open(options);
      const warnings = () => logger.lines.filter(({ level }) => level === 'warn');
      await until('it is in the log', () => warnings().length > 0);
      expect(await faultOf(store.get('t', 'k'))).toMatch(/^unavailable/);
      expect(client.isUp()).toBe(false);
      expect(warnings().map(({ fields }) => fields?.error)).toEqual(['ECONNREFUSED']);
    }
  });

  it('says so when the node is in no cluster', async () => {
    const alone = await bed.tcp((socket) =>
      socket.on('data', (command) => {
        const isInfo = `${command}`.includes('info');
        socket.write(isInfo ? '$9\r\nloading:0\r\n' : '-ERR This instance has cluster support disabled\r\n');
      }),
    );
    const { logger } = open({ clusterNodes: [new URL(alone.url).host] });
    await until('it is in the log', () => logger.lines.length > 0);
    expect(logger.lines[0]?.fields?.error).toContain('not in a cluster');
  });

  it('sends the password of the setting, or the one in the URL, and logs neither', async () => {
    const password = `secret/${randomUUID()}`;
    const [address = ''] = addresses();
    await nodes[0]?.config('SET', 'requirepass', password);
    try {
      const encoded = encodeURIComponent(password);
      const right: Partial<RedisClientOptions>[] = [
        { url: `redis://${address}`, password },
        { url: `redis://:${encoded}@${address}`, password: 'of no use' },
        { url: `redis://default:${encoded}@${address}` },
      ];
      for (const options of right) {
        const { client } = open(options);
        await until('it is let in', () => client.isUp());
      }
      const { logger } = open({ url: `redis://${address}`, password: 'secret-but-wrong' });
      await until('it is in the log', () => logger.lines.length > 0);
      expect(logger.lines[0]).toMatchObject({ level: 'warn', fields: { node: address, error: 'WRONGPASS' } });
      expect(JSON.stringify(logger.lines)).not.toContain('secret');

      await Promise.all(nodes.slice(1).map((node) => node.config('SET', 'requirepass', password)));
      for (const options of [{ password }, { url: `redis://:${encoded}@anywhere` }]) {
        const { client } = open({ ...options, clusterNodes: addresses() });
        await until('it is let in to every node', () => client.isUp());
      }
    } finally {
      await Promise.all(nodes.map((node) => node.config('SET', 'requirepass', '')));
    }
  });

  it('speaks TLS where the URL says rediss, to the nodes of a cluster too, and trusts no certificate of nobody', async () => {
    const { url } = await bed.https((_, response) => void response.end());
    const address = new URL(url).host;
    for (const options of [
      { url: `rediss://${address}` },
      { url: 'rediss://anywhere', clusterNodes: [address] },
    ]) {
      const { logger, client } = open(options);
      const codes = () => logger.lines.map(({ fields }) => fields?.error);
      await until('the certificate is refused', () => codes().includes('DEPTH_ZERO_SELF_SIGNED_CERT'));
      expect(client.isUp()).toBe(false);
    }
  });

  it('cannot be made without a place to go to', () => {
    expect(() => open({})).toThrow('needs the URL of a Redis, or nodes of a cluster');
  });
});

async function idOf(node: Redis): Promise<string> {
  return `${await node.cluster('MYID')}`;
}

/** How often the nodes have read from their connections. */
async function readsOf(nodes: readonly Redis[]): Promise<number> {
  const stats = await Promise.all(nodes.map((node) => node.info('stats')));
  return stats.reduce((sum, text) => sum + Number(/total_reads_processed:(\d+)/.exec(text)?.[1]), 0);
}
