import { expect, it } from 'vitest';
import { formatFaults, loadConfig } from './load.ts';
import { reloadOf } from './reload.ts';

function configOf(text: string) {
  const loaded = loadConfig({
    env: { OPENAI_API_KEY: 'sk-1' },
    listen: 'host',
    file: { text, name: 'gateway.yaml' },
  });
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  return loaded.config;
}

it('takes on what can change, keeps what cannot, and names it', () => {
  const old = configOf('server: {port: 1}\nredis: {redis_cluster_nodes: "a:1"}');
  const next = configOf(
    'server: {port: 2, max_request_size: 5}\nredis: {redis_cluster_nodes: "b:1"}\nlimits: {rate_limit_rpm: 7}\nroutes: {a: openai/x}',
  );
  const { config, kept } = reloadOf(old, next);
  expect(kept).toEqual(['PORT', 'REDIS_CLUSTER_NODES']);
  expect(config.server).toMatchObject({ port: 1, maxRequestSize: 5 });
  expect(config.redis.clusterNodes).toEqual(['a:1']);
  expect(config.limits.key.rpm).toBe(7);
  expect(config.routes.routes).toMatchObject([{ name: 'a' }]);
});

it('names nothing where nothing has to stay', () => {
  expect(reloadOf(configOf(''), configOf('limits: {rate_limit_rpm: 7}')).kept).toEqual([]);
});

it('keeps the size of the semantic tier, and takes on the rest of it', () => {
  const semantic = (more: string) => configOf(`semantic: {cache_semantic_model: openai/e, ${more}}`);
  const old = semantic('cache_semantic_max_entries: 5');
  const { config, kept } = reloadOf(
    old,
    semantic('cache_semantic_max_entries: 6, cache_semantic_threshold: 0.9'),
  );
  expect(kept).toEqual(['CACHE_SEMANTIC_MAX_ENTRIES']);
  expect(config.cache).toMatchObject({ semanticMaxEntries: 5, semantic: { threshold: 0.9 } });
  // It was made with a size of its own before anything was compared.
  expect(reloadOf(configOf(''), old)).toMatchObject({
    config: { cache: { semanticMaxEntries: 10_000, semantic: { model: 'openai/e' } } },
    kept: ['CACHE_SEMANTIC_MAX_ENTRIES'],
  });
});
