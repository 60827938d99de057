import { describe, expect, it } from 'vitest';
import { loadConfig } from './load.ts';

const load = (env: Record<string, string>, text?: string) =>
  loadConfig({ env, listen: 'host', file: text === undefined ? undefined : { name: 'gateway.yaml', text } });

function semanticOf(env: Record<string, string>, text?: string) {
  const result = load(env, text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config.cache.semantic;
}

function faultsOf(env: Record<string, string>) {
  const result = load(env);
  return result.ok ? [] : result.faults.map(({ path }) => path);
}

const MODEL = { CACHE_SEMANTIC_MODEL: 'openai/text-embedding-3-small' };

describe('the settings of the semantic cache', () => {
  it('leave it off, whatever else is set', () => {
    expect(semanticOf({})).toBeNull();
    expect(semanticOf(MODEL)).toMatchObject({ mode: 'off' });
    expect(semanticOf({ CACHE_SEMANTIC: 'off' })).toBeNull();
  });

  it('have safe defaults once it is asked for', () => {
    expect(semanticOf({ ...MODEL, CACHE_SEMANTIC: 'shadow' })).toEqual({
      mode: 'shadow',
      model: 'openai/text-embedding-3-small',
      threshold: 0.95,
      timeoutMs: 150,
    });
  });

  it('are read from a file as well', () => {
    const text =
      'semantic: {cache_semantic: on, cache_semantic_model: m, cache_semantic_threshold: 0.9, cache_semantic_timeout_ms: 50}';
    expect(semanticOf({}, text)).toEqual({
      mode: 'on',
      model: 'm',
      threshold: 0.9,
      timeoutMs: 50,
    });
  });

  it.each(['on', 'shadow'])('need a model (%s)', (mode) => {
    expect(faultsOf({ CACHE_SEMANTIC: mode })).toEqual(['CACHE_SEMANTIC_MODEL']);
  });

  it.each([
    ['CACHE_SEMANTIC', 'yes please'],
    ['CACHE_SEMANTIC_MODEL', 'two words'],
    ['CACHE_SEMANTIC_THRESHOLD', '0.79'],
    ['CACHE_SEMANTIC_THRESHOLD', '1.01'],
    ['CACHE_SEMANTIC_THRESHOLD', '95%'],
    ['CACHE_SEMANTIC_TIMEOUT_MS', '0'],
    ['CACHE_SEMANTIC_MAX_ENTRIES', '0'],
  ])('refuse %s=%s', (name, value) => {
    expect(faultsOf({ ...MODEL, CACHE_SEMANTIC: 'on', [name]: value })).toEqual([name]);
  });

  it('say that there is nothing to add to a cache that is off', () => {
    const result = load({ ...MODEL, CACHE_SEMANTIC: 'on', CACHE_MODE: 'off' });
    expect(result.ok && result.warnings.join()).toContain('CACHE_SEMANTIC has no effect');
  });
});
