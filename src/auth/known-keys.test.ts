import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryKeyStore } from '../../adapters/memory/key-store.ts';
import { FULL_GRANT } from '../domain/grant.ts';
import type { KeyRecord } from '../ports/key-store.ts';
import { StoreFault } from '../ports/store-fault.ts';
import { createKnownKeys } from './known-keys.ts';

const RECORD: KeyRecord = {
  ...FULL_GRANT,
  id: 'k',
  version: 1,
  hash: 'h',
  former: [{ hash: 'old', until: 9e15 }],
  hint: '',
  name: 'k',
  tenant: 't',
  expiresAt: null,
  createdAt: 0,
  revokedAt: null,
};
const REVOKED = { ...RECORD, version: 2, revokedAt: 1 };

async function setUp(graceMs = 60_000) {
  const clock = createFakeClock();
  const store = createMemoryKeyStore();
  await store.put(RECORD);
  let asked = 0;
  let answers: 'well' | 'fails' | 'hangs' = 'well';
  const known = createKnownKeys({
    clock,
    graceMs,
    store: {
      async find(hash) {
        asked++;
        if (answers === 'fails') throw new StoreFault('unavailable', 'gone');
        return answers === 'hangs' ? new Promise(() => {}) : store.find(hash);
      },
    },
  });
  const answer = (how: typeof answers) => {
    answers = how;
  };
  return { clock, store, known, asked: () => asked, answer };
}

describe('managed keys', () => {
  it('are asked for once in three seconds, known and unknown ones', async () => {
    const { clock, known, asked } = await setUp();
    for (const hash of ['h', 'old', 'nobody']) {
      const before = asked();
      const first = await known.find(hash);
      await clock.advance(2_999);
      expect(await known.find(hash)).toEqual(first);
      expect(asked() - before).toBe(1);
      await clock.advance(1);
      await known.find(hash);
      expect(asked() - before).toBe(2);
    }
  });

  it('are known as revoked within five seconds of it, whatever the traffic', async () => {
    const { clock, store, known } = await setUp();
    await known.find('h');
    await store.put(REVOKED);
    for (let ms = 0; ms < 3_000; ms += 100) {
      await clock.advance(100);
      await known.find('h');
    }
    expect(await known.find('h')).toEqual(REVOKED);
  });

  it('are asked for by one call, while those beside it go by what is known, but not for long', async () => {
    const { clock, known, asked, answer } = await setUp();
    await known.find('h');
    await clock.advance(3_000);
    answer('hangs');
    void known.find('h');
    expect(await Promise.all([known.find('h'), known.find('h')])).toEqual([RECORD, RECORD]);
    expect(asked()).toBe(2);
    await clock.advance(500);
    answer('well');
    await known.find('h');
    expect(asked()).toBe(3);
  });

  it('count for their grace while the store is gone, and no longer', async () => {
    const { clock, known, answer } = await setUp();
    await known.find('h');
    await known.find('nobody');
    answer('fails');
    await clock.advance(60_000);
    expect(await known.find('h')).toEqual(RECORD);
    await clock.advance(1);
    await expect(known.find('h')).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
    await expect(known.find('nobody')).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(known.find('never seen')).rejects.toMatchObject({ code: 'store_unavailable' });
    answer('well');
    expect(await known.find('h')).toEqual(RECORD);
  });

  it('have no grace where there is none', async () => {
    const { clock, known, answer } = await setUp(0);
    await known.find('h');
    answer('fails');
    expect(await known.find('h')).toEqual(RECORD);
    await clock.advance(3_000);
    await expect(known.find('h')).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('are asked for anew at once after a change of this process, by old and new hashes', async () => {
    const { store, known } = await setUp();
    await Promise.all(['h', 'old'].map(known.find));
    await store.put(REVOKED);
    known.forget(RECORD);
    for (const hash of ['h', 'old']) expect(await known.find(hash)).toEqual(REVOKED);
  });

  it('are not driven out by a flood of wrong ones', async () => {
    const { known, asked } = await setUp();
    await known.find('h');
    for (let i = 0; i < 20_000; i++) await known.find(`wrong ${i}`);
    const before = asked();
    await known.find('h');
    expect(asked()).toBe(before);
  });
});
