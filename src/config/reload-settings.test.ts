import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Config } from './config.ts';
import { describeSettings, describeStructures } from './describe.ts';
import { loadConfig } from './load.ts';
import { RESTART_VARIABLES, reloadOf } from './reload.ts';
import { fileSchema } from './schema.ts';
import { SECTIONS } from './sections.ts';
import { STRUCTURES } from './structures.ts';

/**
 * Settings that new calls go by at once. A new setting belongs here, when only `createApp` reads it or ports ask for it anew
 * each time, or into `FIXED` (`reload.ts`) and the list of docs/configuration.md.
 */
const APPLIED = `MAX_REQUEST_SIZE MAX_RESPONSE_SIZE CORS_ORIGINS PROBE_SECONDS ENABLE_SANDBOX
  FIRST_BYTE_TIMEOUT_MS IDLE_TIMEOUT_MS REQUEST_TIMEOUT_MS
  AUTH_MODE ALLOW_ANONYMOUS ADMIN_API_KEY ENCRYPTION_KEY KEYS_GRACE_SECONDS
  RATE_LIMIT_RPM RATE_LIMIT_TPM RATE_LIMIT_CONCURRENCY GLOBAL_RPM GLOBAL_TPM GLOBAL_CONCURRENCY
  LIMITS_ON_STORE_FAILURE BUDGET_OVERRUN BUDGET_WEBHOOK_URL BUDGET_WEBHOOK_SECRET
  DROP_UNSUPPORTED FETCH_MEDIA_MAX_BYTES REDACTION REDACTION_KINDS
  CACHE_MODE L1_TTL_SECONDS L2_TTL_SECONDS CACHE_STALE_WHILE_REVALIDATE_SECONDS CACHE_STALE_IF_ERROR_SECONDS CACHE_REPLAY_PACE_MS
  CACHE_SEMANTIC CACHE_SEMANTIC_MODEL CACHE_SEMANTIC_THRESHOLD CACHE_SEMANTIC_TIMEOUT_MS
  TRACE_SAMPLE_RATIO TRACE_SLOW_MS TRACE_LEGACY_NAMES TRACE_CONTENT
  PRICES_REFRESH_URL PRICES_REFRESH_SECONDS`.split(/\s+/);

/** What a process is started with, and has no other place than its environment. */
const BY_ENVIRONMENT = ['LLM_EDGE_CONFIG', 'GATEWAY_API_KEYS'];

/** No value of it makes another configuration: it says which are refused. */
const ONLY_JUDGES = ['ALLOW_ANONYMOUS'];

/** A file in which each part has something that can change, and each setting something that it works on. */
const FILE = {
  auth: { admin_api_key: 'admin-key-0123456789abcdef', encryption_key: 'e'.repeat(40) },
  limits: { budget_webhook_url: 'https://hook.example', budget_webhook_secret: 's'.repeat(20) },
  redaction: { redaction: 'mask' },
  semantic: { cache_semantic_model: 'openai/e' },
  redis: {
    upstash_redis_rest_url: 'https://redis.example',
    upstash_redis_rest_token: 't',
    upstash_vector_rest_url: 'https://vector.example',
    upstash_vector_rest_token: 't',
  },
  telemetry: { enable_tracing: true, otlp_endpoint: 'http://jaeger:4318' },
  providers: { own: { kind: 'openai-compatible', base_url: 'https://own.example/v1', api_key: 'k1' } },
  keys: [{ name: 'team', key: 'lek-0123456789abcdef' }],
  prices: { 'own/m': { input: 1, output: 1 } },
  routes: { smart: { targets: [{ target: 'own/m' }, { target: 'openai/n' }] } },
  tenants: { acme: { budgets: [{ usd: 1, period: 'day' }] } },
  model_limits: { m: { rpm: 1 } },
};

/** Where in the file the places of the reference are. */
const NAMES: readonly (readonly [pattern: RegExp, place: string])[] = [
  [/^providers\.NAME/, 'providers.own'],
  [/^keys\[\]/, 'keys.0'],
  [/^prices\["[^"]*"\]/, 'prices.own/m'],
  [/^routes\.NAME\.targets\[\]/, 'routes.smart.targets.0'],
  [/^routes\.NAME/, 'routes.smart'],
  [/^tenants\.NAME/, 'tenants.acme'],
  [/^model_limits\["[^"]*"\]/, 'model_limits.m'],
  [/^budgets\[\]/, 'tenants.acme.budgets.0'],
];

function pathOf(file: string): string[] {
  const [pattern, place] = NAMES.find(([name]) => name.test(file)) ?? [/^/, ''];
  return file.replace(pattern, place).split('.');
}

/** One of them is taken by any setting, and differs from what it is by itself. */
const VALUES: readonly unknown[] = [
  ...[7, 61, 2_000, 0.9, true, false, 'other', 'own/other', 'openai', 'other.example:7000'],
  ...['https://other.example', 'redis://other:6379', 'other-key-0123456789abcdef-0123456789'],
  ...['2030-01-01', 'off', 'cost', 'week', 'smart', ['https://other.example'], ['other.example:7000']],
  ...[
    ['email'],
    ['chat'],
    ['own'],
    ['smart'],
    ['vision'],
    ['truncated'],
    ['content_filter'],
    ['team=search'],
  ],
  ...[{ target: 'own/other' }, { usd: 2, period: 'week' }, { above: 9, input: 1, output: 1 }].map((one) => [
    one,
  ]),
  ...[
    { a: 'b' },
    { a: 2 },
    { 'team=search': [{ usd: 2, period: 'week' }] },
    { mode: 'off' },
    { other: 'smart' },
  ],
];

type Tree = Record<string, unknown>;

/** @returns the tree with `value` at the path */
function withValue(tree: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  const inner = rest.length === 0 ? () => value : (old: unknown) => withValue(old ?? {}, rest, value);
  if (Array.isArray(tree)) return tree.map((old, at) => (String(at) === name ? inner(old) : old));
  return { ...(tree as Tree), [name]: inner((tree as Tree)[name]) };
}

function load(tree: unknown): Config | null {
  const env = { OPENAI_API_KEY: 'sk-1' };
  const loaded = loadConfig({
    env,
    listen: 'host',
    file: { text: JSON.stringify(tree), name: 'gateway.json' },
  });
  return loaded.ok ? loaded.config : null;
}

const old = load(FILE);
const differs = (next: Config) => JSON.stringify(next) !== JSON.stringify(old);

/** What becomes of the configuration when a setting changes. */
function changed(file: string, choices: readonly string[] = []) {
  if (old === null) throw new Error('the file of this test has faults');
  for (const value of [...choices, ...VALUES]) {
    const next = load(withValue(FILE, pathOf(file), value));
    if (next !== null && differs(next)) return { next, ...reloadOf(old, next) };
  }
  return null;
}

describe('a setting that changes while the gateway runs', () => {
  const settings = describeSettings().flatMap(({ env, file, type }) =>
    env === null || file === null || BY_ENVIRONMENT.includes(env) ? [] : [{ env, file, type }],
  );

  it.each(settings)('is applied, or named as one that needs a restart: $env', ({ env, file, type }) => {
    const [applied, fixed] = [APPLIED.includes(env), RESTART_VARIABLES.includes(env)];
    expect([applied, fixed].filter(Boolean), 'it is in one of the lists').toHaveLength(1);
    const choices = [...type.matchAll(/`([^`]+)`/g)].map(([, choice = '']) => choice);
    const result = changed(file, choices);
    if (ONLY_JUDGES.includes(env)) return expect(result).toBeNull();
    expect(result, 'one of VALUES makes a difference').not.toBeNull();
    if (result === null) return;
    if (applied) expect(result.kept).toEqual([]);
    else expect(result.kept).toContain(env);
    expect(result.config).toEqual(applied ? result.next : old);
  });

  const simple = Object.keys(fileSchema.shape).filter((part) => !(part in SECTIONS) && !(part in STRUCTURES));
  const inFiles = [...describeStructures().map(({ file }) => file ?? ''), ...simple];
  it.each(inFiles)('is applied where only a file has it: %s', (file) => {
    const result = changed(file);
    expect(result, 'one of VALUES makes a difference').not.toBeNull();
    expect(result?.kept).toEqual([]);
    expect(result?.config).toEqual(result?.next);
  });

  it('is no setting of old in the lists', () => {
    const known = settings.map(({ env }) => env);
    expect([...APPLIED, ...RESTART_VARIABLES].filter((env) => !known.includes(env))).toEqual([]);
  });
});

it('is told to operators as one that needs a restart', () => {
  const document = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const told = /These need a restart[^:]*:([\s\S]*?)\. Variables/.exec(document)?.[1] ?? '';
  expect([...told.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name).sort()).toEqual(
    [...RESTART_VARIABLES].sort(),
  );
});
