import { Cluster, type Command, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../../../src/ports/logger.ts';
import { createBatch } from './batch.ts';
import { createConnectionLog } from './connection-log.ts';

export interface RedisClientOptions {
  /** Some nodes of a cluster as `host:port`; the others are found. Without any, `url` is the one Redis. */
  readonly clusterNodes: readonly string[];
  /**
   * `redis://` or `rediss://` (TLS). Beside `clusterNodes` it tells only how to speak to the nodes: TLS, user name and
   * password.
   */
  readonly url: string | null;
  /** For a URL that has none. */
  readonly password: string | null;
  readonly logger: Logger;
}

/** Connections that come back by themselves. While there is none, commands are rejected at once. */
export interface RedisClient {
  /** What the command's fate hangs on: the node that has the slot of its key. */
  shardOf(command: Command): string;
  /** The reply, strings in it as Buffers unless the command says otherwise. May take for ever. */
  send(command: Command): Promise<unknown>;
  /** Whether the Redis, or every node of the cluster that has slots, is connected. */
  isUp(): boolean;
  /** Closes all connections, and rejects what is under way. */
  close(): void;
}

/** A connection on which nothing came for so long, while something is awaited, is replaced: its node may hang. */
const SOCKET_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** How long a failover goes unnoticed at most, unless a node tells of it. */
const SLOTS_REFRESH_MS = 2_000;
/** So often a node is tried again before it is looked for in the cluster's own list; if none is left, by its name. */
const NODE_RETRIES = 5;

const reconnectDelay = (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 1_000);

/** Nothing is queued, and nothing is sent twice: a miss costs less than waiting. */
const CONNECTION = {
  connectionName: 'llm-edge-agent',
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  // Only the end of a connection that is gone already takes so long, and the process with it.
  disconnectTimeout: 100,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
  // RESP 3 brings nothing here, and asks for a HELLO that older servers and proxies refuse.
  protocol: 2,
} as const;

/** @throws Error when there is neither a node nor a URL. */
export function createRedisClient(options: RedisClientOptions): RedisClient {
  if (options.clusterNodes.length > 0) return createClusterClient(options);
  if (options.url !== null) return createSingleClient(options.url, options);
  throw new Error('a Redis client needs the URL of a Redis, or nodes of a cluster');
}

function createSingleClient(url: string, { password, logger }: RedisClientOptions): RedisClient {
  const redis = new Redis(url, {
    ...CONNECTION,
    ...(password === null ? {} : { password }),
    enableOfflineQueue: false,
    retryStrategy: reconnectDelay,
    // A primary that became a replica keeps its connections, and the name leads to another one by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  const name = `${redis.options.host}:${redis.options.port}`;
  createConnectionLog(logger).watch(redis, name);
  const send = createBatch(
    (command) => redis.sendCommand(command),
    () => [redis],
  );
  return {
    shardOf: () => name,
    send(command) {
      send(command);
      return command.promise;
    },
    isUp: () => redis.status === 'ready',
    close: () => redis.disconnect(),
  };
}

function createClusterClient({ clusterNodes, url, password, logger }: RedisClientOptions): RedisClient {
  const log = createConnectionLog(logger);
  const startNodes = clusterNodes.map(toHostAndPort);
  const redisOptions = { ...CONNECTION, ...credentials(url, password) };
  // ioredis keeps to itself why no node told of the slots; a connection of our own is told.
  const findOut = () => tryToConnect({ ...startNodes[0], ...redisOptions });
  const cluster = new Cluster(startNodes, {
    enableOfflineQueue: false,
    maxRedirections: 2,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    slotsRefreshTimeout: 500,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    clusterRetryStrategy(times, reason) {
      log.down('cluster', reason ?? findOut);
      return reconnectDelay(times);
    },
    clusterNodeRetryStrategy: (times) => (times <= NODE_RETRIES ? reconnectDelay(times) : null),
    redisOptions,
  });
  cluster.on('error', () => log.down('cluster', findOut));
  cluster.on('ready', () => {
    log.up('cluster');
    for (const node of cluster.nodes('master')) connect(node);
  });
  cluster.on('+node', (node: Redis) => {
    log.watch(node, nameOf(node));
    if (cluster.status === 'ready') connect(node);
  });
  const send = createBatch(
    (command) => cluster.sendCommand(command),
    () => cluster.nodes('master'),
  );
  return {
    shardOf: (command) => cluster.slots[command.getSlot()]?.[0] ?? 'unknown',
    send(command) {
      send(command);
      return command.promise;
    },
    isUp: () => cluster.status === 'ready' && hasEveryOwner(cluster),
    close: () => cluster.disconnect(),
  };
}

/** Ahead of the first command, which would otherwise wait for the connection, and in vain if TLS takes its time. */
function connect(node: Redis): void {
  if (node.status === 'wait') node.connect().catch(() => {}); // the log hears of it
}

/** Asked of the slots, since a node that fails is at times not among the nodes. */
function hasEveryOwner(cluster: Cluster): boolean {
  const ready = new Set(
    cluster.nodes('master').flatMap((node) => (node.status === 'ready' ? [nameOf(node)] : [])),
  );
  return cluster.slots.every(([owner]) => owner !== undefined && ready.has(owner));
}

/** What stands against it. */
function tryToConnect(options: Omit<RedisOptions, 'replyMapping'>): Promise<Error> {
  const redis = new Redis({ ...options, lazyConnect: true, retryStrategy: null });
  return new Promise<Error>((resolve) => {
    redis.once('error', resolve);
    redis.connect().then(
      () => resolve(new Error('it tells of no slots, so it is not in a cluster that works')),
      resolve, // after the `error`, if there was one
    );
  }).finally(() => redis.disconnect());
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}

/** `redis-1:6379` or `[::1]:6379`. */
function toHostAndPort(node: string): { host: string; port: number } {
  const colon = node.lastIndexOf(':');
  return { host: node.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(node.slice(colon + 1)) };
}

function credentials(url: string | null, password: string | null) {
  const parsed = url === null ? null : URL.parse(url);
  const own = {
    username: decodeURIComponent(parsed?.username ?? ''),
    password: decodeURIComponent(parsed?.password ?? '') || (password ?? ''),
  };
  return {
    ...(own.username === '' ? {} : { username: own.username }),
    ...(own.password === '' ? {} : { password: own.password }),
    ...(parsed?.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
