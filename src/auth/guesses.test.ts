import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createGuesses } from './guesses.ts';

function setUp() {
  const clock = createFakeClock();
  let limited = 0;
  const guesses = createGuesses({ clock, onLimited: () => void limited++ });
  const passes = (hash: string) => {
    try {
      guesses.require(hash);
      return true;
    } catch {
      return false;
    }
  };
  /** How many of so many new wrong keys are looked at. */
  const guess = (count: number, name: string) => {
    let looked = 0;
    for (let i = 0; i < count; i++) {
      if (!passes(`${name}${i}`)) continue;
      looked++;
      guesses.wrong(`${name}${i}`);
    }
    return looked;
  };
  return { clock, guesses, passes, guess, limited: () => limited };
}

describe('whoever tries keys out', () => {
  it('has a burst, then ten a second', async () => {
    const { clock, guess, limited } = setUp();
    expect(guess(1_000, 'a')).toBe(100);
    expect(limited()).toBe(900);
    await clock.advance(1_000);
    expect(guess(1_000, 'b')).toBe(10);
    await clock.advance(3_600_000);
    expect(guess(1_000, 'c')).toBe(100);
  });

  it('is told when to come back', () => {
    const { guesses, guess } = setUp();
    guess(100, 'a');
    expect(() => guesses.require('new')).toThrow(
      expect.objectContaining({ code: 'rate_limited', retryAfter: '1', status: 429 }),
    );
  });

  it('does not get into the way of keys that were right here', () => {
    const { guesses, passes, guess } = setUp();
    guesses.right('mine');
    guess(1_000, 'a');
    expect(passes('mine')).toBe(true);
    expect(passes('right, but new here')).toBe(false);
  });

  it('owes no more than a burst, however many were under way at once', async () => {
    const { clock, guesses, passes } = setUp();
    for (let i = 0; i < 5_000; i++) guesses.wrong(`at once ${i}`);
    await clock.advance(10_000);
    expect(passes('new')).toBe(false);
    await clock.advance(200);
    expect(passes('new')).toBe(true);
  });
});

it('a client with an old key is no guess, however busy', () => {
  const { guesses, passes } = setUp();
  for (let i = 0; i < 10_000; i++) {
    guesses.require('old');
    guesses.wrong('old');
  }
  expect(passes('new')).toBe(true);
});
