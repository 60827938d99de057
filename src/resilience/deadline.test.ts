import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { withDeadline } from './deadline.ts';

const late = () => new Error('late');

/** The outcome so far. */
function watch(promise: Promise<unknown>): () => unknown {
  let outcome: unknown = 'pending';
  promise.then(
    (value) => {
      outcome = value;
    },
    (error) => {
      outcome = error.message;
    },
  );
  return () => outcome;
}

describe('withDeadline', () => {
  it('passes on what comes in time', async () => {
    const clock = createFakeClock();
    expect(await withDeadline(clock, 50, Promise.resolve(1), late)).toBe(1);
    await expect(withDeadline(clock, 50, Promise.reject(new Error('own')), late)).rejects.toThrow('own');
  });

  it('rejects when the time is over, and hears no more of the work', async () => {
    const clock = createFakeClock();
    const { promise, reject } = Promise.withResolvers<void>();
    const outcome = watch(withDeadline(clock, 50, promise, late));
    await clock.advance(49);
    expect(outcome()).toBe('pending');
    await clock.advance(1);
    expect(outcome()).toBe('late');
    reject(new Error('later still, which must not be an unhandled rejection'));
    await clock.advance(1);
  });

  it('leaves no timer behind', async () => {
    const fake = createFakeClock();
    let timers = 0;
    const after = (ms: number, fire: () => void) => {
      timers += 1;
      const cancel = fake.after(ms, fire);
      return () => {
        timers -= 1;
        cancel();
      };
    };
    await withDeadline({ ...fake, after }, 50, Promise.resolve(), late);
    expect(timers).toBe(0);
  });

  it('gives an answer a chance that lay unread while the event loop was held up', async () => {
    const fake = createFakeClock();
    const heldUpMs = 40;
    const clock = { ...fake, monotonic: () => fake.monotonic() + (fake.monotonic() >= 50 ? heldUpMs : 0) };
    const { promise, resolve } = Promise.withResolvers<string>();
    const answered = watch(withDeadline(clock, 50, promise, late));
    const silent = watch(withDeadline(clock, 50, new Promise(() => {}), late));
    await fake.advance(50);
    expect([answered(), silent()]).toEqual(['pending', 'pending']);
    resolve('answer');
    await fake.advance(1);
    expect([answered(), silent()]).toEqual(['answer', 'late']);
  });
});
