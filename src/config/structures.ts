import * as z from 'zod';
import { CONFIGURABLE_ENDPOINTS, CONFIGURABLE_PROVIDERS, OPENAI_COMPATIBLE } from './catalogue.ts';
import { budget, modelLimit, TAG, tenant } from './limit-section.ts';
import { route, routeCache, routeTarget } from './route-section.ts';
import { described } from './setting.ts';
import * as v from './values.ts';

const provider = z.strictObject({
  kind: described(
    v.choice([...CONFIGURABLE_PROVIDERS.map(({ id }) => id), OPENAI_COMPATIBLE.id]).optional(),
    'What it is: a provider of the catalogue, or `openai-compatible`. Default: its name, if the catalogue knows it, else `openai-compatible`.',
  ),
  base_url: described(
    v.httpUrl().optional(),
    'Where it is, as its own SDK takes it. Default: from the catalogue.',
  ),
  api_key: described(
    v.secret().optional(),
    `Its key. Better \`\${NAME}\` of an environment variable than the key itself.`,
  ),
  api_keys: described(
    z.array(v.secret()).max(100).optional(),
    'Several keys, used in turn; they come after `api_key` and the variable.',
  ),
  headers: described(
    z.record(z.string(), v.matching(/^[\x20-\x7e]*$/, 'must be text of visible ASCII characters')).optional(),
    'Headers to send with every request, unless the client sent its own.',
  ),
  models: described(
    v.list('must be a list of model names').optional(),
    "More bare model names that are this provider's: whole names, or families that end in `-`.",
  ),
  endpoints: described(
    z.array(v.choice(CONFIGURABLE_ENDPOINTS)).min(1, 'must name at least one endpoint').optional(),
    `What it serves, where that differs from its kind: ${CONFIGURABLE_ENDPOINTS.join(', ')}.`,
  ),
});

const key = z.strictObject({
  name: described(v.name(), 'Its name in logs and metrics.'),
  key: described(v.secret(), 'The key, or `sha256:` and the hash of it in hex.'),
  tenant: described(
    v.name().optional(),
    "Whose it is. Tenants never see each other's data. Default: its name.",
  ),
  models: described(
    v.list('must be a list of model names; * may end one').optional(),
    'Models it may use; `*` may end a name. Default: all.',
  ),
  rpm: described(v.integer(1, v.MAX_COUNT).optional(), 'Requests per minute. Default: `RATE_LIMIT_RPM`.'),
  tpm: described(v.integer(1, v.MAX_COUNT).optional(), 'Tokens per minute. Default: `RATE_LIMIT_TPM`.'),
  concurrency: described(
    v.integer(1, v.MAX_COUNT).optional(),
    'Calls under way at the same time. Default: `RATE_LIMIT_CONCURRENCY`.',
  ),
  budgets: described(z.array(budget).max(10).optional(), 'What it may spend. Default: no limit.'),
  tags: described(
    v.list('must be a list of tags such as team=search', (tag) => (TAG.test(tag) ? tag : null)).optional(),
    'Tags of all its calls, as `name=value`, for budgets and usage.',
  ),
  cache_mode: described(
    v.choice(['all', 'deterministic', 'off']).optional(),
    'Which of its calls may be answered from the cache. Default: `CACHE_MODE`. Where a route says something too, the stricter counts.',
  ),
  expires_at: described(
    v.instant().optional(),
    'When it ends: a date, or a time with its zone. Default: never.',
  ),
});

const price = z.strictObject({
  input: described(v.dollars(), 'Input tokens, in US dollars per million.'),
  output: described(v.dollars(), 'Output tokens, in US dollars per million.'),
  cache_read: described(v.dollars().optional(), "Tokens read from the provider's prompt cache."),
  cache_write: described(v.dollars().optional(), 'Tokens written to it for five minutes.'),
  cache_write_1h: described(v.dollars().optional(), 'Tokens written to it for an hour.'),
});

export const providerName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_.-]{0,63}$/,
    'is not a name for a provider: use lower-case letters, digits, dashes, dots or underscores',
  );
export const priceName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_.-]{0,63}\/\S{1,200}$/,
    'must be named provider/model, such as openai/gpt-4o-mini',
  );

/** The parts that only a file has: they need structure. */
export const STRUCTURES = {
  providers: provider,
  keys: key,
  prices: price,
  routes: route,
  tenants: tenant,
  model_limits: modelLimit,
} as const;

/** Parts within them, by the names on the way there. */
export const INNER_STRUCTURES = {
  'routes.targets': routeTarget,
  'routes.cache': routeCache,
  'tenants.budgets': budget,
} as const;

export type ProviderEntry = z.output<typeof provider>;
export type KeyEntry = z.output<typeof key>;
