import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import type { Principal } from '../domain/principal.ts';
import { createAdmit, duration } from './admit.ts';

const principal = (rpm: number | null, keyId = 'k') =>
  ({ tenant: 't', keyId, limits: { rpm, tpm: null, concurrency: null } }) as Principal;

describe('admit', () => {
  it('holds a key to its own limit before the default', async () => {
    const clock = createFakeClock();
    const limited: string[] = [];
    const admit = createAdmit({
      limits: createMemoryLimitStore({ clock }),
      defaultRpm: 1,
      onLimited: (limit) => void limited.push(limit),
    });
    expect((await admit(principal(2))).headers).toMatchObject({
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '30s',
    });
    await admit(principal(2));
    await expect(admit(principal(2))).rejects.toMatchObject({
      status: 429,
      retryAfter: '30',
      headers: { 'x-ratelimit-remaining-requests': '0' },
    });
    expect(limited).toEqual(['rpm']);
    await admit(principal(null, 'other'));
    await expect(admit(principal(null, 'other'))).rejects.toMatchObject({ code: 'rate_limited' });
    await clock.advance(30_000);
    await admit(principal(2));
  });

  it('lets calls pass when the store fails, and without any limit', async () => {
    const limits = { take: () => Promise.reject(new Error('gone')) };
    expect(
      (await createAdmit({ limits, defaultRpm: 1, onLimited: () => {} })(principal(null))).headers,
    ).toEqual({});
    expect(
      (await createAdmit({ limits, defaultRpm: null, onLimited: () => {} })(principal(null))).headers,
    ).toEqual({});
  });
});

describe('duration', () => {
  it.each([
    [0, '0ms'],
    [850.2, '851ms'],
    [12_000, '12s'],
    [360_000, '6m0s'],
    [61_001, '1m2s'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});
