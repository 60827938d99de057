import type { Config } from './config.ts';

/** What is read once, when the process starts: by section and field, the variables that set it. */
const FIXED = {
  server: {
    host: ['HOST'],
    port: ['PORT'],
    metricsPort: ['METRICS_PORT'],
    workers: ['WORKERS'],
    logLevel: ['LOG_LEVEL'],
    drainTimeoutMs: ['DRAIN_TIMEOUT_MS'],
    enableMetrics: ['ENABLE_METRICS'],
  },
  timeouts: { connectMs: ['CONNECT_TIMEOUT_MS'] },
  media: { fetchUrls: ['FETCH_MEDIA_URLS'], timeoutMs: ['FETCH_MEDIA_TIMEOUT_MS'] },
  cache: {
    l1MaxEntries: ['L1_CACHE_SIZE'],
    l1MaxBytes: ['L1_CACHE_BYTES'],
    enableL2: ['ENABLE_L2_CACHE'],
    semanticMaxEntries: ['CACHE_SEMANTIC_MAX_ENTRIES'],
  },
  redis: {
    url: ['REDIS_URL'],
    ledgerUrl: ['LEDGER_REDIS_URL'],
    clusterNodes: ['REDIS_CLUSTER_NODES'],
    password: ['REDIS_PASSWORD'],
    upstash: ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
    upstashVector: ['UPSTASH_VECTOR_REST_URL', 'UPSTASH_VECTOR_REST_TOKEN'],
  },
  telemetry: { enableTracing: ['ENABLE_TRACING'], otlpEndpoint: ['OTLP_ENDPOINT'] },
} as const satisfies {
  readonly [S in keyof Config]?: { readonly [F in keyof Config[S]]?: readonly string[] };
};

type Fixed = typeof FIXED;

/**
 * What may be read when ports are made. Of the rest of the configuration a port would know what it was at the start, and
 * nobody would be told that it changed since.
 */
export type StartConfig = {
  readonly [S in keyof Fixed]: Pick<Config[S], Extract<keyof Fixed[S], keyof Config[S]>>;
};

type Fields = Readonly<Record<string, readonly string[]>>;
type Section = Readonly<Record<string, unknown>>;

/** Variables of all that needs a restart. */
export const RESTART_VARIABLES = Object.values<Fields>(FIXED).flatMap((fields) =>
  Object.values(fields).flat(),
);

export interface Reload {
  /** The new configuration, with what needs a restart as it was. */
  readonly config: Config;
  /** Variables of the settings that would have changed and did not. */
  readonly kept: readonly string[];
}

/** What of a new configuration a process can take on while it runs. */
export function reloadOf(old: Config, next: Config): Reload {
  const kept: string[] = [];
  const sections = Object.entries<Fields>(FIXED).map(([name, fields]) => {
    const section = name as keyof Fixed;
    const [before, after]: [Section, Section] = [{ ...old[section] }, { ...next[section] }];
    const changed = Object.keys(fields).filter(
      (at) => JSON.stringify(before[at]) !== JSON.stringify(after[at]),
    );
    kept.push(...changed.flatMap((at) => fields[at] ?? []));
    return [section, { ...after, ...Object.fromEntries(changed.map((at) => [at, before[at]])) }] as const;
  });
  return { config: { ...next, ...Object.fromEntries(sections) }, kept };
}
