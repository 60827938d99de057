import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import { createLease } from './lease.ts';

type LeaseStore = Pick<CacheStore, 'acquire' | 'release'>;

const broken: LeaseStore = {
  acquire: () => Promise.reject(new Error('down')),
  release: () => Promise.reject(new Error('down')),
};

function setup(over: Partial<LeaseStore> = {}) {
  const clock = createFakeClock();
  const store: LeaseStore = { ...createMemoryCacheStore({ clock }), ...over };
  const errors: string[] = [];
  const lease = createLease({ store, clock, onError: (operation) => void errors.push(operation) });
  const leaving = new AbortController();
  const kept: { answer: string | null } = { answer: null };
  let looks = 0;
  const take = () =>
    lease({
      tenant: 't',
      key: 'k',
      signal: leaving.signal,
      look: async () => {
        looks += 1;
        return kept.answer;
      },
    });
  return { clock, store, errors, leaving, kept, take, looks: () => looks };
}

/** What has become of a promise by now. */
function watch<T>(promise: Promise<T>) {
  const seen: { value?: T; fault?: unknown } = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (fault) => {
      seen.fault = fault;
    },
  );
  return seen;
}

describe('a lease', () => {
  it('is had at once by the first, who looks no further', async () => {
    const { take, looks, clock } = setup();
    const first = watch(take());
    await clock.advance(0);
    expect(first.value).toMatchObject({ found: null });
    expect(looks()).toBe(0);
  });

  it('has the others wait for the answer of the first', async () => {
    const { take, clock, kept } = setup();
    const first = await take();
    const second = watch(take());
    await clock.advance(700);
    expect(second).toEqual({});
    kept.answer = 'hello';
    if (first.found === null) await first.release();
    await clock.advance(250);
    expect(second).toEqual({ value: { found: 'hello' } });
    // Nobody is left with the lease.
    kept.answer = null;
    expect(await take()).toMatchObject({ found: null });
  });

  it('goes to one of the others when the first has no answer', async () => {
    const { take, clock } = setup();
    const first = await take();
    const [second, third] = [watch(take()), watch(take())];
    await clock.advance(100);
    if (first.found === null) await first.release();
    await clock.advance(250);
    expect([second, third].filter(({ value }) => value?.found === null)).toHaveLength(1);
  });

  it('is waited for so long and no longer, and by looking seldom', async () => {
    const { take, clock, looks, store } = setup();
    await take();
    const second = watch(take());
    await clock.advance(2_499);
    expect(second).toEqual({});
    await clock.advance(1);
    expect(second.value).toMatchObject({ found: null });
    expect(looks()).toBeLessThanOrEqual(14);
    // What was never had is not ended.
    if (second.value?.found === null) await second.value.release();
    expect(await store.acquire('t', 'k', 1_000)).toBe(false);
  });

  it('ends by itself when its process has', async () => {
    const { take, clock } = setup();
    await take();
    await clock.advance(2_000);
    const later = watch(take());
    await clock.advance(1_250);
    expect(later.value).toMatchObject({ found: null });
  });

  it('is not waited for by who has left', async () => {
    const { take, clock, leaving, looks } = setup();
    await take();
    const second = watch(take());
    await clock.advance(100);
    const seen = looks();
    leaving.abort(new Error('gone'));
    await clock.advance(5_000);
    expect(second.fault).toEqual(new Error('gone'));
    expect(looks()).toBe(seen);
  });

  it('is not waited for where the store fails', async () => {
    const { take, clock, errors, looks } = setup(broken);
    const first = watch(take());
    await clock.advance(0);
    expect(first.value).toMatchObject({ found: null });
    if (first.value?.found === null) await first.value.release();
    expect(errors).toEqual(['acquire', 'release']);
    expect(looks()).toBe(0);
  });

  it('is not waited for any more once the store fails', async () => {
    const answers = [false, false];
    const { take, clock, errors } = setup({
      acquire: async () => {
        const answer = answers.shift();
        if (answer === undefined) throw new Error('down');
        return answer;
      },
    });
    const first = watch(take());
    await clock.advance(100);
    expect(first.value).toMatchObject({ found: null });
    expect(errors).toEqual(['acquire']);
  });
});
