import { describe, expect, it } from 'vitest';
import type { Provider } from '../domain/provider.ts';
import { createResolve } from './resolve.ts';

const provider = (
  id: string,
  models: string[],
  paths: Provider['paths'] = { chat: '/c' },
  transport: Provider['transport'] = 'network',
) => ({ id, models, paths, transport }) as unknown as Provider;

const openai = provider('openai', ['gpt-', 'o3'], { chat: '/c', embeddings: '/e' });
const anthropic = provider('anthropic', ['claude-'], { messages: '/m' });
const vllm = provider('vllm', ['my-model']);
const openrouter = provider('openrouter', []);
const sandbox = provider('sandbox', [], { chat: '/c' }, 'sandbox');

describe('resolve', () => {
  const all = createResolve([openai, anthropic, vllm, sandbox]);
  it.each([
    ['gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    ['o3', 'openai', 'o3'],
    ['o3-mini', 'openai', 'o3-mini'],
    ['openai/anything', 'openai', 'anything'],
    ['my-model', 'vllm', 'my-model'],
    ['sandbox/echo', 'sandbox', 'echo'],
    ['vllm/org/model', 'vllm', 'org/model'],
  ])('%s → %s as %s', (asked, id, model) => {
    expect(all(asked, 'chat')).toMatchObject({ provider: { id }, model });
  });

  it.each(['echo', 'o3000', 'gpt', 'groq/llama', '/x', 'openai/', 'constructor', '__proto__'])(
    'finds nobody for %s',
    (asked) => {
      expect(() => all(asked, 'chat')).toThrow(/No provider is configured/);
    },
  );

  it('says who serves an endpoint that the owner of a model does not', () => {
    expect(() => all('claude-x', 'embeddings')).toThrow(/no embeddings endpoint.*openai/);
  });

  it('finds a provider to translate for where none speaks the dialect, and prefers one that does', () => {
    expect(all('claude-x', 'chat')).toMatchObject({ provider: { id: 'anthropic' } });
    const both = provider('both', ['claude-'], { chat: '/c' });
    expect(createResolve([anthropic, both])('claude-x', 'chat')).toMatchObject({ provider: { id: 'both' } });
  });

  it('sends every name to the only provider there is', () => {
    expect(createResolve([openrouter])('anthropic/claude-x', 'chat')).toMatchObject({
      provider: { id: 'openrouter' },
      model: 'anthropic/claude-x',
    });
  });

  it('does not take the sandbox for a provider of real names', () => {
    expect(() => createResolve([sandbox])('gpt-4o', 'chat')).toThrow(/sandbox/);
  });
});
