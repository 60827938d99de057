import { describe, expect, it } from 'vitest';
import { FULL_GRANT, type Grant } from '../domain/grant.ts';
import type { Principal } from '../domain/principal.ts';
import { mayReach, mayUse, requireProvider, requireUnreadPaths } from './allow.ts';

const who = (grant: Partial<Grant>) => ({ ...FULL_GRANT, ...grant }) as Principal;

describe('what a key may ask for', () => {
  it.each<[Partial<Grant>, string[], boolean]>([
    [{}, ['anything'], true],
    [{ models: [] }, ['gpt-4o'], false],
    [{ models: ['gpt-4o'] }, ['gpt-4o'], true],
    [{ models: ['gpt-4o'] }, ['gpt-4o-mini'], false],
    [{ models: ['gpt-4o'] }, ['GPT-4o'], false],
    [{ models: ['gpt-4o*'] }, ['gpt-4o-mini'], true],
    [{ models: ['openai/*'] }, ['gpt-4o', 'openai/gpt-4o'], true],
    [{ models: ['*'] }, ['gpt-4o'], true],
    [{ routes: ['fast'] }, ['fast'], true],
    [{ routes: ['fast'] }, ['faster'], false],
    [{ routes: [] }, ['gpt-4o'], false],
    [{ routes: ['fast'], models: ['gpt-4o'] }, ['gpt-4o'], true],
    [{ routes: ['fast'], models: ['gpt-4o'] }, ['fast'], true],
    [{ routes: ['fast'], models: ['gpt-4o'] }, ['slow'], false],
    [{ models: ['fast'] }, ['fast'], true],
  ])('%j asks for %j: %j', (grant, names, allowed) => {
    expect(mayUse(who(grant), names)).toBe(allowed);
  });

  it.each<[Partial<Grant>, string[], boolean]>([
    [{}, ['fast'], true],
    [{ providers: ['openai'] }, ['gpt-4o', 'openai/gpt-4o'], true],
    [{ providers: ['openai'] }, ['azure-openai/gpt-4o', 'openai-eu/gpt-4o'], false],
    [{ providers: [] }, ['openai/gpt-4o'], false],
  ])('%j reaches %j: %j', (grant, names, reached) => expect(mayReach(who(grant), names)).toBe(reached));

  it('is refused by provider, and where nobody reads it', () => {
    const refusal = expect.objectContaining({ code: 'permission_denied' });
    expect(() => requireProvider(who({ providers: ['groq'] }), 'openai')).toThrow(refusal);
    expect(() => requireProvider(who({ providers: ['openai'] }), 'openai')).not.toThrow();
    for (const grant of [{ models: ['*'] }, { routes: ['fast'] }])
      expect(() => requireUnreadPaths(who(grant))).toThrow(refusal);
    expect(() => requireUnreadPaths(who({ providers: ['openai'] }))).not.toThrow();
  });
});
