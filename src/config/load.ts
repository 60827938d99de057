import type { Provider } from '../domain/provider.ts';
import { isLoopbackHost } from './base-url.ts';
import type { AuthMode, Config, RestService, StaticKey } from './config.ts';
import { readEncryptionKeys } from './encryption-keys.ts';
import { refuseOpenRelay } from './exposure.ts';
import type { Fault, Findings } from './faults.ts';
import { type ConfigFile, parseFileText } from './file-text.ts';
import { type Environment, interpolate, variable } from './interpolate.ts';
import { readKeys } from './keys.ts';
import { toLimitsConfig } from './limit-section.ts';
import { toPrices } from './prices.ts';
import { toPriceRefresh } from './pricing-section.ts';
import { readProviders, sandboxProvider } from './providers.ts';
import { toRedaction } from './redaction-section.ts';
import { readRoutes } from './routes.ts';
import type { Settings } from './schema.ts';
import { toSemantic } from './semantic-section.ts';
import { readSettings } from './settings.ts';
import { toTelemetry } from './telemetry-section.ts';

export type { AuthMode, Config, PriceOverride, StaticKey } from './config.ts';
export { type Fault, formatFaults } from './faults.ts';

export interface LoadInput {
  readonly env: Environment;
  /** The text that `LLM_EDGE_CONFIG` leads to. */
  readonly file?: ConfigFile | undefined;
  /**
   * Who can reach the gateway: `'host'` derives it from `HOST` (Node), which only the configuration knows; an object
   * states it (Node, where it listens already); null is the edge, which everyone can reach.
   */
  readonly listen: 'host' | { readonly loopback: boolean } | null;
}

export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Unknown -> Config, or every fault that could be found at once. Never throws. */
export function loadConfig(input: LoadInput): LoadResult {
  const findings: Findings = { faults: [], warnings: [] };
  const config = read(input, findings);
  if (config === null || findings.faults.length > 0)
    return { ok: false, faults: firstOfEachPath(findings.faults) };
  return { ok: true, config, warnings: findings.warnings };
}

/** What is said second of the same place follows from what was said first. */
function firstOfEachPath(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ path }) => !seen.has(path) && seen.add(path));
}

function read({ env, file, listen }: LoadInput, findings: Findings): Config | null {
  const parsed = file === undefined ? { tree: {} } : parseFileText(file);
  if ('faults' in parsed) findings.faults.push(...parsed.faults);
  const tree = 'tree' in parsed ? interpolate(parsed.tree, env, file?.name ?? '', findings) : {};
  const { settings, faulty } = readSettings(tree, env, findings);
  if (settings === null) return null;
  if (listen !== null) judgePorts(settings.server, findings);

  const before = findings.faults.length;
  const keys = readKeys(settings.keys, variable(env, 'GATEWAY_API_KEYS'), findings);
  const keysInDoubt = findings.faults.length > before || faulty.has('keys') || 'faults' in parsed;
  // Whoever can make keys means them to be asked for.
  const hasKeys = keys.length > 0 || settings.auth.admin_api_key !== null;
  const mode = settings.auth.auth_mode ?? (hasKeys ? 'keys' : 'open');
  const beforeProviders = findings.faults.length;
  const real = readProviders(settings.providers, env, mode, findings);
  const providersInDoubt = findings.faults.length > beforeProviders || faulty.has('providers');
  const sandbox = settings.server.enable_sandbox ?? (real.length === 0 && file === undefined);
  const providers = sandbox ? [...real, sandboxProvider()] : real;
  // Without the key that was meant, everything would look open: one fault must not bring forth another.
  if (!keysInDoubt && !faulty.has('auth') && !faulty.has(''))
    judgeAccess({ settings, listen, mode, keys, providers }, findings);
  const routes = readRoutes(settings, { providers, inDoubt: providersInDoubt }, findings);
  return { ...toConfig(settings, mode, keys, providers, findings), routes };
}

function judgePorts(server: Settings['server'], { faults }: Findings): void {
  if (!server.enable_metrics || server.port === 0 || server.port !== server.metrics_port) return;
  faults.push({
    path: 'METRICS_PORT',
    message: 'must differ from PORT; the metrics are not for clients of the API',
  });
}

interface Access {
  readonly settings: Settings;
  readonly listen: LoadInput['listen'];
  readonly mode: AuthMode;
  readonly keys: readonly StaticKey[];
  readonly providers: readonly Provider[];
}

function judgeAccess(
  { settings, listen, mode, keys, providers }: Access,
  { faults, warnings }: Findings,
): void {
  if (mode === 'keys' && keys.length === 0) {
    if (settings.auth.admin_api_key === null) {
      faults.push({
        path: 'AUTH_MODE',
        message:
          'is keys, but there are none; set GATEWAY_API_KEYS=name:key, list keys in the file, or set ADMIN_API_KEY to make them through /admin/keys',
      });
    } else {
      warnings.push(
        'Only keys made through POST /admin/keys are taken, since none is configured; AUTH_MODE=open asks for none',
      );
    }
  }
  if (mode !== 'keys' && keys.length > 0)
    warnings.push(`The gateway keys are not asked for, since AUTH_MODE is ${mode}`);
  if (providers.length === 0)
    warnings.push('No provider is configured: set a key such as OPENAI_API_KEY, or ENABLE_SANDBOX=true');
  if (settings.auth.allow_anonymous) return;
  const loopback = listen === 'host' ? isLoopbackHost(settings.server.host) : (listen?.loopback ?? false);
  faults.push(...refuseOpenRelay({ mode, loopback, hasHost: listen !== null, providers }));
}

function toConfig(
  {
    server,
    timeouts,
    auth,
    limits,
    translation,
    media,
    redaction,
    cache,
    semantic,
    redis,
    telemetry,
    pricing,
    prices,
    tenants,
    model_limits,
  }: Settings,
  mode: AuthMode,
  keys: readonly StaticKey[],
  providers: readonly Provider[],
  findings: Findings,
): Omit<Config, 'routes'> {
  return {
    server: {
      host: server.host,
      port: server.port,
      metricsPort: server.metrics_port,
      workers: server.workers,
      logLevel: server.log_level,
      maxRequestSize: server.max_request_size,
      maxResponseSize: server.max_response_size,
      corsOrigins: server.cors_origins,
      drainTimeoutMs: server.drain_timeout_ms,
      probeSeconds: server.probe_seconds,
      enableMetrics: server.enable_metrics,
    },
    timeouts: {
      connectMs: timeouts.connect_timeout_ms,
      firstByteMs: timeouts.first_byte_timeout_ms,
      idleMs: timeouts.idle_timeout_ms,
      totalMs: timeouts.request_timeout_ms,
    },
    auth: { mode, keys, keysGraceMs: auth.keys_grace_seconds * 1000 },
    providers,
    limits: toLimitsConfig(limits, tenants, model_limits, findings),
    prices: toPrices(prices),
    priceRefresh: toPriceRefresh(pricing),
    translation: { dropUnsupported: translation.drop_unsupported },
    media: {
      fetchUrls: media.fetch_media_urls,
      maxBytes: media.fetch_media_max_bytes,
      timeoutMs: media.fetch_media_timeout_ms,
    },
    redaction: toRedaction(redaction),
    admin: { apiKey: auth.admin_api_key, encryptionKeys: readEncryptionKeys(auth.encryption_key, findings) },
    cache: {
      mode: cache.cache_mode,
      l1MaxEntries: cache.l1_cache_size,
      l1MaxBytes: cache.l1_cache_bytes,
      l1TtlSeconds: cache.l1_ttl_seconds,
      enableL2: cache.enable_l2_cache,
      l2TtlSeconds: cache.l2_ttl_seconds,
      staleWhileRevalidateSeconds: cache.cache_stale_while_revalidate_seconds,
      staleIfErrorSeconds: cache.cache_stale_if_error_seconds,
      replayPaceMs: cache.cache_replay_pace_ms,
      semantic: toSemantic(semantic, cache.cache_mode, findings),
      semanticMaxEntries: semantic.cache_semantic_max_entries,
    },
    redis: {
      url: redis.redis_url,
      ledgerUrl: redis.ledger_redis_url,
      clusterNodes: redis.redis_cluster_nodes,
      password: redis.redis_password,
      upstash: toRestService(
        'UPSTASH_REDIS',
        redis.upstash_redis_rest_url,
        redis.upstash_redis_rest_token,
        findings,
      ),
      upstashVector: toRestService(
        'UPSTASH_VECTOR',
        redis.upstash_vector_rest_url,
        redis.upstash_vector_rest_token,
        findings,
      ),
    },
    telemetry: toTelemetry(telemetry, findings),
  };
}

/** A URL and a token that are of no use without each other. */
function toRestService(
  name: string,
  url: string | null,
  token: string | null,
  { faults }: Findings,
): RestService | null {
  if (url !== null && token !== null) return { url, token };
  const [set, missing] = [`${name}_REST_URL`, `${name}_REST_TOKEN`];
  if (url !== null) faults.push({ path: missing, message: `is missing, while ${set} is set` });
  if (token !== null) faults.push({ path: set, message: `is missing, while ${missing} is set` });
  return null;
}
