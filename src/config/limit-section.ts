import * as z from 'zod';
import type { Budget, Limits } from '../domain/limits.ts';
import type { LimitsConfig } from './config.ts';
import type { Findings } from './faults.ts';
import { described, setting } from './setting.ts';
import * as v from './values.ts';

function count(env: string, what: string) {
  return setting(v.integer(1, v.MAX_COUNT).nullable().default(null), {
    env,
    type: 'integer',
    what,
    unset: 'no limit',
  });
}

/** What keys and all together may take, and what happens at the edges: docs/limits-and-budgets.md. */
export const limits = z.strictObject({
  rate_limit_rpm: count('RATE_LIMIT_RPM', 'Requests per minute for each key that has no limit of its own.'),
  rate_limit_tpm: count('RATE_LIMIT_TPM', 'Tokens per minute, input and output together, for each such key.'),
  rate_limit_concurrency: count(
    'RATE_LIMIT_CONCURRENCY',
    'Calls under way at the same time, for each such key.',
  ),
  global_rpm: count('GLOBAL_RPM', 'Requests per minute of all keys together.'),
  global_tpm: count('GLOBAL_TPM', 'Tokens per minute of all keys together.'),
  global_concurrency: count('GLOBAL_CONCURRENCY', 'Calls under way at the same time, of all keys together.'),
  limits_on_store_failure: setting(v.choice(['open', 'closed']).default('open'), {
    env: 'LIMITS_ON_STORE_FAILURE',
    type: '`open`, `closed`',
    what: 'When the store of the limits does not answer: `open` lets each process hold them by itself, `closed` refuses calls with 503.',
  }),
  budget_overrun: setting(v.choice(['extend', 'end']).default('extend'), {
    env: 'BUDGET_OVERRUN',
    type: '`extend`, `end`',
    what: 'When a stream costs more than was reserved for it and its budget has no more: `extend` lets it go on, `end` ends it with an error.',
  }),
  budget_webhook_url: setting(v.httpUrl().nullable().default(null), {
    env: 'BUDGET_WEBHOOK_URL',
    type: 'URL',
    what: 'Told by POST when a budget passes its soft limit, once per period and process.',
    unset: 'nobody is told',
  }),
  budget_webhook_secret: setting(v.secret().nullable().default(null), {
    env: 'BUDGET_WEBHOOK_SECRET',
    type: 'secret',
    what: 'Signs what the webhook is sent (HMAC-SHA256 in `x-llm-edge-signature`).',
    unset: 'not signed',
  }),
});

export const budget = z.strictObject({
  usd: described(v.usd(), 'What may be spent, in US dollars.'),
  period: described(
    v.choice(['day', 'week', 'month', 'total']),
    '`day`, `week` (from Monday), `month`, each in UTC, or `total`.',
  ),
  soft_percent: described(
    v.integer(1, 100).optional(),
    'Share of it from which on answers carry a warning. Default: none do.',
  ),
});

const perMinute = (what: string) => described(v.integer(1, v.MAX_COUNT).optional(), what);
/** As `x-llm-edge-tags` has them. */
export const TAG = /^[\w.:/-]{1,64}=[\w.:/@ -]{1,64}$/;
const tagName = z.string().regex(TAG, 'is not a tag: write name=value, such as team=search');

export const tenant = z.strictObject({
  rpm: perMinute('Requests per minute of all its keys together.'),
  tpm: perMinute('Tokens per minute, input and output together.'),
  concurrency: perMinute('Calls under way at the same time.'),
  budgets: described(z.array(budget).max(10).optional(), 'What all its keys may spend together.'),
  tag_budgets: described(
    z.record(tagName, z.array(budget).max(10)).optional(),
    'What its calls with a tag (`x-llm-edge-tags`, or of the key) may spend, by `name=value`.',
  ),
});

export const modelLimit = z.strictObject({
  rpm: perMinute('Requests per minute of all keys together.'),
  tpm: perMinute('Tokens per minute.'),
  concurrency: perMinute('Calls under way at the same time.'),
});

export const tenantName = z.string().regex(v.NAME, 'is not a name for a tenant');
export const limitedModel = z.string().regex(/^[^\s*]{1,256}$/, 'is not the name of a model or a route');

export function toLimits(entry: z.output<typeof modelLimit>): Limits {
  return { rpm: entry.rpm ?? null, tpm: entry.tpm ?? null, concurrency: entry.concurrency ?? null };
}

export function toBudgets(entries: readonly z.output<typeof budget>[] = []): Budget[] {
  return entries.map(({ usd, period, soft_percent }) => ({ usd, period, softPercent: soft_percent ?? null }));
}

export function toLimitsConfig(
  settings: z.output<typeof limits>,
  tenants: Readonly<Record<string, z.output<typeof tenant>>>,
  models: Readonly<Record<string, z.output<typeof modelLimit>>>,
  { faults }: Findings,
): LimitsConfig {
  const { budget_webhook_url: url, budget_webhook_secret: secret } = settings;
  if (url === null && secret !== null)
    faults.push({ path: 'BUDGET_WEBHOOK_URL', message: 'is missing, while BUDGET_WEBHOOK_SECRET is set' });
  return {
    key: {
      rpm: settings.rate_limit_rpm,
      tpm: settings.rate_limit_tpm,
      concurrency: settings.rate_limit_concurrency,
    },
    everyone: {
      rpm: settings.global_rpm,
      tpm: settings.global_tpm,
      concurrency: settings.global_concurrency,
    },
    tenants: mapValues(tenants, (one) => ({
      limits: toLimits(one),
      budgets: toBudgets(one.budgets),
      tagBudgets: mapValues(one.tag_budgets ?? {}, toBudgets),
    })),
    models: mapValues(models, toLimits),
    onStoreFailure: settings.limits_on_store_failure,
    overrun: settings.budget_overrun,
    webhook: url === null ? null : { url, secret },
  };
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
