import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemorySecrets } from '../../adapters/memory/secrets.ts';
import type { Provider } from '../domain/provider.ts';
import { StoreFault } from '../ports/store-fault.ts';
import { createCredentials } from './credentials.ts';
import { createSealer } from './seal.ts';

const KEY = { label: null, secret: 'k'.repeat(43) };
const openai = { id: 'openai', auth: 'bearer', apiKey: 'configured', transport: 'network' } as Provider;

function setUp(keys: Parameters<typeof createSealer>[0] = [KEY]) {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const store = createMemorySecrets();
  let asked = 0;
  let works = true;
  const secrets = {
    ...store,
    async get(name: string) {
      asked++;
      if (!works) throw new StoreFault('unavailable', 'gone');
      return store.get(name);
    },
  };
  const credentials = createCredentials({ secrets, sealer: createSealer(keys), clock, logger });
  const setWorks = (value: boolean) => {
    works = value;
  };
  return { clock, logger, store, credentials, asked: () => asked, works: setWorks };
}

describe('the credential of a provider', () => {
  it('is the configured one until another is stored, and again when that is gone', async () => {
    const { credentials } = setUp();
    expect(await credentials.of(openai)).toBe('configured');
    await credentials.put('openai', 'stored');
    expect(await credentials.of(openai)).toBe('stored');
    await credentials.remove('openai');
    expect(await credentials.of(openai)).toBe('configured');
  });

  it('is known to the first calls alike, and asked for once in three seconds', async () => {
    const { clock, credentials, asked } = setUp();
    await credentials.put('openai', 'stored');
    expect(await Promise.all([credentials.of(openai), credentials.of(openai)])).toEqual(['stored', 'stored']);
    const before = asked();
    await clock.advance(2_999);
    expect(credentials.of(openai)).toBe('stored');
    await clock.advance(1);
    expect(await Promise.all([credentials.of(openai), credentials.of(openai)])).toEqual(['stored', 'stored']);
    expect(asked() - before).toBe(1);
  });

  it('stays what it was while the store is gone, which is logged without it', async () => {
    const { clock, credentials, logger, works } = setUp();
    await credentials.put('openai', 'sk-stored-secret');
    await credentials.of(openai);
    works(false);
    await clock.advance(3_000);
    expect(await credentials.of(openai)).toBe('sk-stored-secret');
    expect(logger.lines).toHaveLength(1);
    expect(JSON.stringify(logger.lines)).not.toContain('secret');
  });

  it('is the configured one where the stored cannot be read', async () => {
    const { credentials, store, logger } = setUp();
    await store.put('openai', 'tampered');
    expect(await credentials.of(openai)).toBe('configured');
    expect(await credentials.state('openai')).toEqual({
      provider: 'openai',
      sealedAt: null,
      isCurrent: false,
    });
    expect(logger.lines).toHaveLength(1);
  });

  it('is not looked up for who takes none', () => {
    const { credentials, asked } = setUp();
    expect(credentials.of({ ...openai, auth: 'none', apiKey: null })).toBeNull();
    expect(credentials.of({ ...openai, transport: 'sandbox', apiKey: null })).toBeNull();
    expect(asked()).toBe(0);
  });

  it('is sealed anew with the first key', async () => {
    const old = setUp();
    await old.credentials.put('openai', 'stored');
    await old.credentials.put('groq', 'stored-2');
    const now = setUp([{ label: null, secret: 'n'.repeat(43) }, KEY]);
    for (const name of ['openai', 'groq']) await now.store.put(name, (await old.store.get(name)) ?? '');
    await now.store.put('broken', 'x');
    expect(await now.credentials.reseal()).toEqual({ resealed: 2, unreadable: 1 });
    expect(await now.credentials.reseal()).toEqual({ resealed: 0, unreadable: 1 });
    expect(await now.credentials.of(openai)).toBe('stored');
    expect((await now.credentials.states()).map(({ provider, isCurrent }) => [provider, isCurrent])).toEqual([
      ['broken', false],
      ['groq', true],
      ['openai', true],
    ]);
  });
});
