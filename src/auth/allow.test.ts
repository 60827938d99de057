import { describe, expect, it } from 'vitest';
import { FULL_GRANT, type Grant } from '../domain/grant.ts';
import type { Principal } from '../domain/principal.ts';
import type { Provider } from '../domain/provider.ts';
import { mayAsk, requireModel, requireUnreadPaths } from './allow.ts';

const who = (grant: Partial<Grant>) => ({ ...FULL_GRANT, ...grant }) as Principal;
const target = { provider: { id: 'openai' } as Provider, model: 'gpt-4o' };

describe('what a key may ask for', () => {
  it.each<[Partial<Grant>, string[], string | null, boolean]>([
    [{}, ['anything'], null, true],
    [{ models: [] }, ['gpt-4o'], null, false],
    [{ models: ['gpt-4o'] }, ['gpt-4o'], null, true],
    [{ models: ['gpt-4o'] }, ['gpt-4o-mini'], null, false],
    [{ models: ['gpt-4o'] }, ['GPT-4o'], null, false],
    [{ models: ['gpt-4o*'] }, ['gpt-4o-mini'], null, true],
    [{ models: ['openai/*'] }, ['gpt-4o', 'openai/gpt-4o'], null, true],
    [{ models: ['*'] }, ['gpt-4o'], null, true],
    [{ routes: ['fast'] }, ['fast'], 'fast', true],
    [{ routes: ['fast'] }, ['slow'], 'slow', false],
    [{ routes: ['fast'] }, ['fast'], null, false],
    [{ routes: ['fast'] }, ['gpt-4o'], null, false],
    [{ routes: ['fast'], models: ['gpt-4o'] }, ['gpt-4o'], null, true],
    [{ routes: ['fast'], models: ['gpt-4o'] }, ['fast'], 'fast', true],
    [{ routes: ['fast'], models: ['gpt-4o'] }, ['slow'], 'slow', false],
    [{ models: ['fast'] }, ['fast'], 'fast', true],
  ])('%j asks for %j (route %j): %j', (grant, names, route, allowed) => {
    expect(mayAsk(who(grant), names, route)).toBe(allowed);
  });

  it('is refused by model, by provider and where nobody reads it', () => {
    const code = 'permission_denied';
    expect(() => requireModel(who({ models: ['o3'] }), 'gpt-4o', target)).toThrow(
      expect.objectContaining({ code, param: 'model' }),
    );
    expect(() => requireModel(who({ providers: ['groq'] }), 'gpt-4o', target)).toThrow(
      expect.objectContaining({ code }),
    );
    expect(() =>
      requireModel(who({ models: ['gpt-4o'], providers: ['openai'] }), 'gpt-4o', target),
    ).not.toThrow();
    for (const grant of [{ models: ['*'] }, { routes: ['fast'] }])
      expect(() => requireUnreadPaths(who(grant))).toThrow(expect.objectContaining({ code }));
    expect(() => requireUnreadPaths(who({ providers: ['openai'] }))).not.toThrow();
  });
});
