import { describe, expect, it } from 'vitest';
import { offeredModels } from './models.ts';
import { providerOf, routeOf, targetOf } from './testing.ts';

const table = {
  routes: [routeOf('smart', [targetOf('openai/gpt-5')]), routeOf('gpt-4*', [targetOf('openai/gpt-4*')])],
  aliases: { best: 'smart', mini: 'gpt-5-mini' },
  fallback: null,
};
const models = offeredModels([providerOf('openai'), providerOf('azure-openai')], table, async () => [
  'gpt-5',
  'smart',
]);

describe('the models on offer', () => {
  it('are the routes, other names, and what providers have by the name that leads there', async () => {
    expect((await models).map(({ id, ownedBy }) => [id, ownedBy])).toEqual([
      ['smart', 'llm-edge-agent'],
      ['best', 'llm-edge-agent'],
      ['mini', 'llm-edge-agent'],
      ...['o1', 'o3', 'gpt-5'].toSorted().map((id) => [id, 'openai']),
      ['openai/smart', 'openai'],
      ['azure-openai/gpt-5', 'azure-openai'],
      ['azure-openai/smart', 'azure-openai'],
    ]);
  });

  it('know by which names a key may use them', async () => {
    const allowed = new Map((await models).map(({ id, allowedBy }) => [id, allowedBy]));
    expect(allowed.get('smart')).toEqual(['smart', 'openai/gpt-5', 'gpt-5']);
    expect(allowed.get('best')).toEqual(['best', 'smart', 'openai/gpt-5', 'gpt-5']);
    expect(allowed.get('mini')).toEqual(['mini', 'gpt-5-mini']);
    expect(allowed.get('gpt-5')).toEqual(['gpt-5', 'openai/gpt-5']);
  });
});
