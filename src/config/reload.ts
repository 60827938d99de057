import type { Config } from './config.ts';

/** A setting that is read once, when the process starts. */
interface Fixed {
  /** Its variable, for messages. */
  readonly name: string;
  readonly differs: (next: Config, old: Config) => boolean;
  /** `next` with this setting as it is in `old`. */
  readonly keep: (next: Config, old: Config) => Config;
}

type Section = 'server' | 'timeouts' | 'media' | 'cache' | 'redis' | 'admin' | 'telemetry';

/** A field of a section, by its variable. */
function field<S extends Section, F extends keyof Config[S]>(section: S, key: F, name: string): Fixed {
  return {
    name,
    differs: (next, old) => JSON.stringify(next[section][key]) !== JSON.stringify(old[section][key]),
    keep: (next, old) => ({ ...next, [section]: { ...next[section], [key]: old[section][key] } }),
  };
}

/** The store of questions has its size from the start, whether or not any are compared. */
const semanticEntries: Fixed = {
  name: 'CACHE_SEMANTIC_MAX_ENTRIES',
  differs({ cache: { semantic: next } }, { cache: { semantic: old } }) {
    return next !== null && old !== null && next.maxEntries !== old.maxEntries;
  },
  keep(next, { cache: { semantic: old } }) {
    const { semantic } = next.cache;
    if (semantic === null || old === null) return next;
    return { ...next, cache: { ...next.cache, semantic: { ...semantic, maxEntries: old.maxEntries } } };
  },
};

const FIXED: readonly Fixed[] = [
  field('server', 'host', 'HOST'),
  field('server', 'port', 'PORT'),
  field('server', 'metricsPort', 'METRICS_PORT'),
  field('server', 'workers', 'WORKERS'),
  field('server', 'logLevel', 'LOG_LEVEL'),
  field('server', 'drainTimeoutMs', 'DRAIN_TIMEOUT_MS'),
  field('server', 'enableMetrics', 'ENABLE_METRICS'),
  field('timeouts', 'connectMs', 'CONNECT_TIMEOUT_MS'),
  field('media', 'fetchUrls', 'FETCH_MEDIA_URLS'),
  field('media', 'timeoutMs', 'FETCH_MEDIA_TIMEOUT_MS'),
  field('cache', 'l1MaxEntries', 'L1_CACHE_SIZE'),
  field('cache', 'l1MaxBytes', 'L1_CACHE_BYTES'),
  field('cache', 'enableL2', 'ENABLE_L2_CACHE'),
  semanticEntries,
  field('redis', 'url', 'REDIS_URL'),
  field('redis', 'ledgerUrl', 'LEDGER_REDIS_URL'),
  field('redis', 'clusterNodes', 'REDIS_CLUSTER_NODES'),
  field('redis', 'password', 'REDIS_PASSWORD'),
  field('redis', 'upstash', 'UPSTASH_REDIS_REST_URL'),
  field('admin', 'encryptionKey', 'ENCRYPTION_KEY'),
  field('telemetry', 'enableTracing', 'ENABLE_TRACING'),
  field('telemetry', 'otlpEndpoint', 'OTLP_ENDPOINT'),
];

export interface Reload {
  /** The new configuration, with what needs a restart as it was. */
  readonly config: Config;
  /** Variables of the settings that would have changed and did not. */
  readonly kept: readonly string[];
}

/** What of a new configuration a process can take on while it runs. */
export function reloadOf(old: Config, next: Config): Reload {
  const changed = FIXED.filter(({ differs }) => differs(next, old));
  return {
    config: changed.reduce((config, { keep }) => keep(config, old), next),
    kept: changed.map(({ name }) => name),
  };
}
