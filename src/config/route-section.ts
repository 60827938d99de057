import * as z from 'zod';
import { described, shortForm } from './setting.ts';
import * as v from './values.ts';

const CAPABILITIES = ['tools', 'json_schema', 'vision', 'documents', 'audio', 'reasoning'] as const;

/** One target of a route. */
export const routeTarget = z.strictObject({
  target: described(
    v.matching(
      /^[a-z0-9][a-z0-9_.-]{0,63}\/\S{1,200}$/,
      'must be provider/model, such as openai/gpt-4o-mini',
    ),
    'Where calls go, as `provider/model`. In a route whose name ends in `*`, a `*` stands for the rest of the name that was asked for.',
  ),
  weight: described(
    v.decimal(0.001, 1_000_000).prefault(1),
    'Share of the calls, for `weighted`. Default: 1.',
  ),
  tier: described(
    v.integer(0, 100).prefault(0),
    'Targets of a lower tier are tried first, whatever the strategy says. Default: 0.',
  ),
  tags: described(
    z
      .record(z.string(), v.matching(/^[^\p{Cc}]{1,200}$/u, 'must be text of 1 to 200 characters'))
      .prefault({}),
    'Words of your own, for `/v1/explain` and `/admin/providers`.',
  ),
  overrides: described(
    z.record(z.string(), z.unknown()).prefault({}),
    'Fields of the body that are set in place of what the client sent, such as `temperature: 0`.',
  ),
  capabilities: described(
    z.array(v.choice(CAPABILITIES)).optional(),
    `All that the model can do of ${CAPABILITIES.join(', ')}. Default: as far as the gateway knows the model.`,
  ),
  context_tokens: described(
    v.integer(1, v.MAX_COUNT).optional(),
    'Most tokens of input and output together. Default: as the price data says, if it knows the model.',
  ),
  max_concurrency: described(
    v.integer(1, 1_000_000).optional(),
    'Most calls under way at the same time. Default: no limit.',
  ),
});

/** How answers of a route are cached. */
export const routeCache = z.strictObject({
  mode: described(v.choice(['all', 'deterministic', 'off']).optional(), 'In place of `CACHE_MODE`.'),
  ttl_seconds: described(
    v.integer(1, v.MAX_COUNT).optional(),
    'Life of an entry, in place of `L1_TTL_SECONDS` and `L2_TTL_SECONDS`.',
  ),
  stale_while_revalidate_seconds: described(
    v.integer(0, v.MAX_COUNT).optional(),
    'In place of `CACHE_STALE_WHILE_REVALIDATE_SECONDS`.',
  ),
  stale_if_error_seconds: described(
    v.integer(0, v.MAX_COUNT).optional(),
    'In place of `CACHE_STALE_IF_ERROR_SECONDS`.',
  ),
  keep: described(
    z.array(v.choice(['truncated', 'refused', 'filtered'])).prefault([]),
    'Answers that are kept beside complete ones: `truncated` (at a limit of length), `refused`, `filtered`.',
  ),
  semantic: described(v.choice(['off', 'shadow', 'on']).optional(), 'In place of `CACHE_SEMANTIC`.'),
});

const targets = z
  .array(
    shortForm(
      z.preprocess((value) => (typeof value === 'string' ? { target: value } : value), routeTarget),
      { type: 'string' },
    ),
  )
  .min(1, 'must have at least one target')
  .max(100, 'must have at most 100 targets');

/** What a name of a model stands for. */
export const route = z.strictObject({
  targets: described(targets, 'Targets, each as `provider/model` or with settings of its own.'),
  strategy: described(
    v.choice(['priority', 'weighted', 'cost', 'latency', 'least-busy', 'sticky']).prefault('priority'),
    'How the targets of a tier are ordered: see [routing.md](routing.md). Default: `priority`, as they are listed.',
  ),
  requires: described(
    z.array(v.choice(CAPABILITIES)).prefault([]),
    'What a target has to be able to do, whatever the call asks for.',
  ),
  mid_stream: described(
    v.choice(['off', 'error', 'continue']).prefault('error'),
    "What happens to a stream that breaks after text has gone out: it breaks as well, it ends with the dialect's error event, or another target goes on with it. Default: `error`.",
  ),
  hedge: described(
    v.flag().prefault(false),
    'Start a second target when the first token is late. Default: false.',
  ),
  fall_on: described(
    z.array(v.choice(['context_too_long', 'content_filter'])).prefault([]),
    'Refusals of the call itself after which the next target is asked all the same.',
  ),
  max_attempts: described(
    v.integer(1, 20).optional(),
    'Most calls of providers for one request. Default: one more than there are targets, at least 3.',
  ),
  drop_unsupported: described(v.flag().optional(), 'In place of `DROP_UNSUPPORTED`.'),
  cache: described(routeCache.optional(), 'How answers are cached, where that differs.'),
});

const isShort = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value);

/** A route, or only its targets. */
export const routeEntry = shortForm(
  z.preprocess((value) => (isShort(value) ? { targets: [value].flat() } : value), route),
  { anyOf: [{ type: 'string' }, { type: 'array' }] },
);

/** Without space, and with nothing before its `*` that would need escaping in a message. */
export const routeName = z
  .string()
  .regex(
    /^[^\s*\p{Cc}]{0,199}(?:[^\s*\p{Cc}]|\*)$/u,
    'is not a name for a route: use 1 to 200 characters without spaces; * may only be the last',
  );

export const aliasName = z
  .string()
  .regex(/^[^\s*\p{Cc}]{1,200}$/u, 'is not a name for an alias: use 1 to 200 characters without spaces or *');

export const modelName = () =>
  v.matching(/^[^\s*]{1,256}$/, 'must be the name of a route or a model, without *');

export type RouteEntry = z.output<typeof route>;
export type RouteTargetEntry = z.output<typeof routeTarget>;
