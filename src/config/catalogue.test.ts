import { describe, expect, it } from 'vitest';
import { checkBaseUrl } from './base-url.ts';
import { CONFIGURABLE_PROVIDERS, catalogueRow, PROVIDER_CATALOGUE } from './catalogue.ts';

describe('the catalogue', () => {
  it('has every provider that is promised, once', () => {
    const ids = PROVIDER_CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(PROVIDER_CATALOGUE.map(({ env }) => env)).size).toBe(ids.length);
    expect(ids).toEqual([
      'openai',
      'anthropic',
      'groq',
      'mistral',
      'deepseek',
      'xai',
      'openrouter',
      'together',
      'fireworks',
      'cerebras',
      'perplexity',
      'azure-openai',
      'gemini',
      'google',
      'ollama',
      'vllm',
      'sandbox',
    ]);
    expect(CONFIGURABLE_PROVIDERS).toHaveLength(ids.length - 1);
  });

  it.each(PROVIDER_CATALOGUE)('$id makes sound URLs', ({ baseUrl, paths }) => {
    expect(baseUrl === null ? null : checkBaseUrl(baseUrl)).toEqual(
      baseUrl === null ? null : { url: baseUrl },
    );
    expect(Object.keys(paths).length).toBeGreaterThan(0);
    for (const path of Object.values(paths)) expect(path).toMatch(/^(?:\/[a-z0-9_]+)+$/);
  });

  it.each([
    ['openai', 'chat', 'https://api.openai.com/v1/chat/completions'],
    ['openai', 'response_item', 'https://api.openai.com/v1/responses'],
    ['anthropic', 'messages', 'https://api.anthropic.com/v1/messages'],
    ['anthropic', 'count_tokens', 'https://api.anthropic.com/v1/messages/count_tokens'],
    ['deepseek', 'messages', 'https://api.deepseek.com/anthropic/v1/messages'],
    ['gemini', 'chat', 'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions'],
    ['sandbox', 'count_tokens', 'https://sandbox.invalid/v1/messages/count_tokens'],
  ] as const)('%s serves %s at %s', (id, endpoint, url) => {
    const row = catalogueRow(id);
    expect(`${row?.baseUrl}${row?.paths[endpoint]}`).toBe(url);
  });

  it('gives no bare model name to two providers, but for the two ways to Gemini', () => {
    const names = PROVIDER_CATALOGUE.flatMap(({ id, models }) => models.map((name) => ({ id, name })));
    for (const one of names) {
      const rivals = names.filter(
        ({ id, name }) =>
          id !== one.id && id !== 'google' && one.id !== 'google' && one.name.startsWith(name),
      );
      expect(rivals, one.name).toEqual([]);
    }
  });

  it('does not ask Mistral for usage, which refuses the field that asks', () => {
    expect(catalogueRow('mistral')?.streamUsage).toBe('always');
  });
});
