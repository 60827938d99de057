import { describe, expect, it } from 'vitest';
import {
  answerOf,
  down,
  downIn,
  fails,
  held,
  NAME,
  refused,
  said,
  setup,
} from '../../tests/support/once-rig.ts';

describe('a call whose store of first answers fails', () => {
  it('is made at once when the store is down, and fails by nothing but itself', async () => {
    const { ask, clock, errors, made } = setup({ get: down, set: down, acquire: down, release: down });
    const first = ask(() => answerOf('one'));
    await clock.advance(0);
    expect(await said(first.seen)).toBe('one');
    const second = ask(() => Promise.reject(new Error('the call’s own')));
    await clock.advance(0);
    expect(await said(second.seen)).toBe('Error: the call’s own');
    expect(made()).toBe(2);
    expect(errors.count).toBeGreaterThan(1);
    const { count } = errors;
    await clock.advance(60_000);
    expect(errors.count - count).toBeLessThanOrEqual(4);
  });

  it('is answered again where the store still reads, and takes no more writes', async () => {
    const { answered, made } = setup({ acquire: (call) => (call > 1 ? refused() : undefined) });
    expect(await answered(() => answerOf('one'))).toBe('one');
    expect(await answered(() => answerOf('two'))).toBe('again: one');
    expect(await answered(() => answerOf('two'), { text: '{"a":2}' })).toBe('idempotency_mismatch');
    expect(made()).toBe(1);
  });

  it('is made without a key where the store refuses to hold a place for it', async () => {
    const { answered } = setup({ acquire: refused });
    expect(await answered(() => answerOf('one'))).toBe('one');
    expect(await answered(() => answerOf('two'))).toBe('two');
  });

  it.each([
    ['asked for the lease', { acquire: downIn(1) }],
    ['asked for an answer', { get: downIn(1) }],
  ])('is kept all the same when the store failed only when it was %s', async (_, broken) => {
    const { answered, made } = setup(broken);
    expect(await answered(() => answerOf('one'))).toBe('one');
    expect(await answered(() => answerOf('two'))).toBe('again: one');
    expect(made()).toBe(1);
  });

  it('leaves no lease behind for which its retries would wait', async () => {
    for (const broken of [{ get: downIn(1) }, { acquire: downIn(1) }]) {
      const { ask, answered, memory, clock } = setup(broken);
      // The store noted it before its answer was lost.
      if ('acquire' in broken) await memory.acquire('t', NAME, 600_000);
      const first = ask(fails);
      await clock.advance(0);
      expect(await said(first.seen)).toBe('upstream_failed');
      expect(await answered(() => answerOf('two'))).toBe('two');
    }
  });

  it('does not replace the first answer that it could not read', async () => {
    const { answered } = setup({ get: downIn(2) });
    expect(await answered(() => answerOf('one'))).toBe('one');
    expect(await answered(() => answerOf('two'), { text: '{"a":2}' })).toBe('two');
    expect(await answered(() => answerOf('three'))).toBe('again: one');
  });

  it.each([
    ['read', { get: downIn(2) }],
    ['ask for it again', { acquire: downIn(3) }],
  ])('ends no lease of another when it could not %s', async (_, broken) => {
    const { ask, clock } = setup(broken);
    const first = held();
    const leading = ask(first.make);
    await clock.advance(0);
    const second = ask(fails);
    await clock.advance(100);
    expect(await said(second.seen)).toBe('upstream_failed');
    const third = ask(() => answerOf('three'));
    await clock.advance(1_000);
    expect(third.seen).toEqual({});
    first.resolve(answerOf('one'));
    await clock.advance(500);
    expect([await said(leading.seen), await said(third.seen)]).toEqual(['one', 'again: one']);
  });

  it('is made when the store fails while it waits', async () => {
    const { ask, clock } = setup({ acquire: (call) => (call > 3 ? down() : undefined) });
    ask(held().make);
    const second = ask(() => answerOf('two'));
    await clock.advance(1_000);
    expect(await said(second.seen)).toBe('two');
  });

  it('gets the answer that was found, also when its lease cannot be given back', async () => {
    const { answered } = setup({ release: (call) => (call > 1 ? down() : undefined) });
    expect(await answered(() => answerOf('one'))).toBe('one');
    expect(await answered(() => answerOf('two'))).toBe('again: one');
  });

  it('is kept, and its lease given back, at the next try', async () => {
    const kept = setup({ set: downIn(1) });
    expect(await kept.answered(() => answerOf('one'))).toBe('one');
    expect(await kept.answered(() => answerOf('two'))).toBe('again: one');
    const released = setup({ release: downIn(1) });
    expect(await released.answered(fails)).toBe('upstream_failed');
    expect(await released.answered(() => answerOf('two'))).toBe('two');
  });

  it('is tried to be kept a few times, and then made anew', async () => {
    const { answered, count, errors, clock } = setup({ set: down });
    expect(await answered(() => answerOf('one'))).toBe('one');
    expect(count.set).toBe(3);
    expect(errors.count).toBe(1);
    await clock.advance(60_000);
    expect(count.set).toBe(3);
    expect(await answered(() => answerOf('two'))).toBe('two');
  });
});
