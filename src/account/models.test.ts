import { describe, expect, it } from 'vitest';
import { PROVIDER_CATALOGUE } from '../config/catalogue.ts';
import type { Provider } from '../domain/provider.ts';
import { createModelLabel, knownModels } from './models.ts';
import { createPricer } from './price.ts';
import { takePriceFile } from './price-file.ts';

describe('the models that are known of a provider', () => {
  it.each([
    ['openai', 'gpt-4o-mini'],
    ['openai', 'text-embedding-3-small'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['fireworks', 'accounts/fireworks/models/kimi-k3'],
    ['mistral', 'codestral-latest'],
    ['openrouter', 'anthropic/claude-sonnet-4.5'],
    ['sandbox', 'echo'],
  ])('%s: %s is among them', (provider, model) => expect([...knownModels(provider)]).toContain(model));

  it.each(['ollama', 'vllm', 'my-provider', '', '__proto__'])('%j: none', (provider) =>
    expect(knownModels(provider).size).toBe(0),
  );

  it('are whole names that a request can have', () => {
    for (const { id } of PROVIDER_CATALOGUE) {
      const models = [...knownModels(id)];
      expect(models.filter((name) => name === '' || /\s|[-:/]$/.test(name))).toEqual([]);
    }
    expect([...knownModels('openrouter')].filter((name) => !name.includes('/'))).toEqual([]);
    expect([...knownModels('openai')]).not.toContain('ft:gpt-4o');
  });

  it('have the price of no other model', () => {
    const price = createPricer();
    const usage = {
      input: 1000,
      cacheRead: 0,
      cacheWrite: 0,
      cacheWrite1h: 0,
      output: 0,
      reasoning: 0,
      estimated: false,
    };
    const unpriced = [...knownModels('openai')].filter(
      (name) => price('openai', name, usage, Date.UTC(2026, 9, 1)) === null,
    );
    // What is sold by the picture or the minute.
    expect(unpriced.length).toBeLessThan(5);
  });
});

describe('the label of a model', () => {
  const providers = ['openai', 'openrouter'].map(providerOf);
  it('is its name where the operator or the price data has it, else other', () => {
    const label = createModelLabel(providers, { routes: [] });
    expect(label('openai', 'gpt-4o-mini')).toBe('gpt-4o-mini');
    expect(label('openai', 'mine')).toBe('mine');
    expect(label('openai', 'theirs')).toBe('other');
    expect(label('nobody', 'gpt-4o-mini')).toBe('other');
    expect(label('openai', '')).toBe('none');
  });

  it('is given to a hundred models of the price data, and to those of the operator always', () => {
    const label = createModelLabel(providers, { routes: [] });
    const listed = [...knownModels('openrouter')];
    const labels = listed.map((model) => label('openrouter', model));
    expect(listed.length).toBeGreaterThan(200);
    expect(labels.filter((one) => one !== 'other')).toEqual(listed.slice(0, 100));
    expect(label('openrouter', listed[0] ?? ''), 'known ones go on').toBe(listed[0]);
    expect(label('openrouter', 'mine')).toBe('mine');
  });
});

it('are those of newer prices as soon as these are taken', () => {
  const label = createModelLabel([providerOf('openai')], { routes: [] });
  expect(label('openai', 'gpt-of-tomorrow')).toBe('other');
  const models = [{ id: 'gpt-of-tomorrow', match: { equals: 'gpt-of-tomorrow' }, prices: { input_mtok: 1 } }];
  const provider = (id: string) => ({ id, name: id, api_pattern: id, models });
  takePriceFile(JSON.stringify([provider('openai'), provider('anthropic')]));
  expect([...knownModels('openai')]).toEqual(['gpt-of-tomorrow']);
  expect(label('openai', 'gpt-of-tomorrow')).toBe('gpt-of-tomorrow');
});

function providerOf(id: string): Provider {
  const row = PROVIDER_CATALOGUE.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no provider ${id}`);
  const own = { baseUrl: 'https://provider.test', apiKey: null, apiKeys: [], transport: 'network' } as const;
  return { ...row, ...own, models: ['mine'] };
}
