import * as z from 'zod';
import type { Grant } from '../domain/grant.ts';
import { budget, TAG, toBudgets, toLimits } from './limit-section.ts';
import { described } from './setting.ts';
import * as v from './values.ts';

const MAX_TAGS = 10;

/** What a key may do, as a file and the admin API write it. */
export const grantFields = {
  tags: described(
    v
      .list('must be a list of tags such as team=search', (tag) => (TAG.test(tag) ? tag : null))
      .refine((tags) => tags.length <= MAX_TAGS, `must be at most ${MAX_TAGS} tags`)
      .optional(),
    'What its calls are counted under, as `name=value`.',
  ),
  models: described(
    v.list('must be a list of model names; * may end one').optional(),
    'Models it may use; `*` may end a name. Default: all.',
  ),
  routes: described(
    v.list('must be a list of route names').optional(),
    'Routes it may use. Default: all, or none where `models` says what it may use.',
  ),
  providers: described(
    v.list('must be a list of provider names').optional(),
    'Providers it may use, whatever model or path leads to them. Default: all.',
  ),
  rpm: described(v.integer(1, v.MAX_COUNT).optional(), 'Requests per minute. Default: `RATE_LIMIT_RPM`.'),
  tpm: described(
    v.integer(1, v.MAX_COUNT).optional(),
    'Tokens per minute, input and output. Default: `RATE_LIMIT_TPM`.',
  ),
  concurrency: described(
    v.integer(1, v.MAX_COUNT).optional(),
    'Calls under way at the same time. Default: `RATE_LIMIT_CONCURRENCY`.',
  ),
  budgets: described(
    z.array(budget).max(10, 'must be at most 10 budgets').optional(),
    'What it may spend: a list of `usd`, `period` (`day`, `week`, `month`, `total`) and `soft_percent`. Default: no limit.',
  ),
  cache_mode: described(
    v.choice(['all', 'deterministic', 'off']).optional(),
    'Which of its calls may be answered from the cache. Default: `CACHE_MODE`. Where a route says something too, the stricter counts.',
  ),
} as const;

const schema = z.strictObject(grantFields);

/** The fields as they were read. */
export type GrantEntry = z.output<typeof schema>;

export function toGrant(entry: GrantEntry): Grant {
  const { tags = [], models = null, routes = null, providers = null, cache_mode: mode } = entry;
  return {
    tags: [...new Set(tags)],
    models,
    routes,
    providers,
    limits: toLimits(entry),
    budgets: toBudgets(entry.budgets),
    cache: mode === undefined ? null : { mode },
  };
}
