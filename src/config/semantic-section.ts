import * as z from 'zod';
import type { CacheMode } from '../domain/cache-policy.ts';
import type { SemanticConfig } from './config.ts';
import type { Findings } from './faults.ts';
import { setting } from './setting.ts';
import * as v from './values.ts';

/** Answers to questions that mean the same: docs/semantic-cache.md. */
export const semantic = z.strictObject({
  cache_semantic: setting(v.choice(['off', 'shadow', 'on']).default('off'), {
    env: 'CACHE_SEMANTIC',
    type: '`off`, `shadow`, `on`',
    what: 'Answer a question with what was answered to one that means the same; a route may say otherwise. `shadow` only counts what `on` would have answered. See [semantic-cache.md](semantic-cache.md).',
  }),
  cache_semantic_model: setting(
    v
      .matching(/^\S{1,256}$/, 'must be the name of a model, such as openai/text-embedding-3-small')
      .nullable()
      .default(null),
    {
      env: 'CACHE_SEMANTIC_MODEL',
      type: 'model',
      what: "Embedding model that compares questions, by the gateway's own name for it. The gateway's own key pays for it.",
      unset: 'none; needed unless `CACHE_SEMANTIC` is `off`',
    },
  ),
  cache_semantic_threshold: setting(v.decimal(0.8, 1).default(0.95), {
    env: 'CACHE_SEMANTIC_THRESHOLD',
    type: 'number from 0.8 to 1',
    what: 'Least cosine similarity of two questions that may share an answer.',
  }),
  cache_semantic_timeout_ms: setting(v.integer(1, 10_000).default(150), {
    env: 'CACHE_SEMANTIC_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'Longest time that the comparison may add to a call; after it the call goes on without.',
  }),
  cache_semantic_max_entries: setting(v.integer(1, 1_000_000).default(10_000), {
    env: 'CACHE_SEMANTIC_MAX_ENTRIES',
    type: 'integer',
    what: 'Questions that each process remembers.',
  }),
});

/** Null: nothing can be compared, and if that is wrong it was told. */
export function toSemantic(
  settings: z.output<typeof semantic>,
  cacheMode: CacheMode,
  { faults, warnings }: Findings,
): SemanticConfig | null {
  const { cache_semantic: mode, cache_semantic_model: model } = settings;
  if (model === null) {
    if (mode === 'off') return null;
    faults.push({ path: 'CACHE_SEMANTIC_MODEL', message: `is missing, while CACHE_SEMANTIC is ${mode}` });
    return null;
  }
  if (cacheMode === 'off' && mode !== 'off')
    warnings.push('CACHE_SEMANTIC has no effect, since CACHE_MODE is off');
  return {
    mode,
    model,
    threshold: settings.cache_semantic_threshold,
    timeoutMs: settings.cache_semantic_timeout_ms,
  };
}
